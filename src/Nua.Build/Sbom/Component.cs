namespace Nua.Build.Sbom;

/// <summary>One thing an image is made of: the application, a package, a runtime. Immutable; lists are sorted.</summary>
public sealed record Component
{
    /// <summary>Its name within the SBOM: the purl, which is unique here because equal packages in several places are one component.</summary>
    public required string BomRef { get; init; }

    /// <summary>A CycloneDX type: <c>application</c>, <c>library</c>, <c>platform</c>.</summary>
    public required string Type { get; init; }

    /// <summary>npm scope with its <c>@</c>; else null.</summary>
    public string? Group { get; init; }

    public required string Name { get; init; }

    /// <summary>As its ecosystem writes it; empty when it has none.</summary>
    public required string Version { get; init; }

    public required string Purl { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<License> Licenses { get; init; } = [];

    /// <summary>Of the package as published, by CycloneDX algorithm name: <c>SHA-512</c> → lower-case hex.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The layer it is in (<c>base</c>, <c>packages</c>, <c>runtime</c>, <c>dependencies</c>, <c>application</c>, <c>metadata</c>); null when not known.</summary>
    public string? Layer { get; init; }

    /// <summary>Paths (without a leading slash) of files that are its own.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Folders whose content is its own, apart from what belongs to a component deeper in. With a final slash.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>BomRefs of what it needs directly.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];
}

/// <summary>All components of an image.</summary>
/// <param name="App">The application itself; not among <paramref name="Parts"/>.</param>
/// <param name="Parts">Sorted by <see cref="Component.BomRef"/>, no duplicates.</param>
public sealed record ComponentInventory(Component App, IReadOnlyList<Component> Parts);
