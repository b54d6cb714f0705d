namespace Nua.Check.Scanning;

/// <summary>What the content of a file told beside its hash: usually nothing.</summary>
internal sealed class FileFacts
{
    /// <summary>Of a file that is like most.</summary>
    public static readonly FileFacts Nothing = new();

    public ElfFile? Elf { get; init; }

    /// <summary>The first line of a script after <c>#!</c>, a carriage return still on it.</summary>
    public string? Interpreter { get; init; }

    /// <summary>The whole content, for the few files that rules read.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Kinds of secrets seen in it.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The kind of credential that a file of this name keeps, when it does keep one.</summary>
    public string? Credential { get; init; }

    /// <summary>Components that the file declares as installed: one for a package's own manifest, many for a package
    /// database.</summary>
    public IReadOnlyList<InstalledComponent> Components { get; init; } = [];

    public bool IsNothing =>
        Elf is null && Interpreter is null && Content is null && Secrets.Count == 0 && Credential is null && Components.Count == 0;

    /// <summary>About how many bytes of memory it takes.</summary>
    public long Weight => 100 + (Content?.Length ?? 0) + (2 * (Interpreter?.Length ?? 0)) + (30 * Secrets.Count)
        + Components.Sum(component => 150 + (2L * (component.Name.Length + component.Version.Length)))
        + (Elf is null ? 0 : 300 + Texts(Elf.Needed) + Texts(Elf.SearchPath) + Texts(Elf.VersionsDefined)
            + Elf.VersionsNeeded.Sum(need => 200 + (2L * need.Key.Length) + Texts(need.Value)));

    private static long Texts(IReadOnlyList<string> texts) => texts.Sum(text => 40 + (2L * text.Length));
}

/// <summary>A component that is in the image by the evidence of its package manager's own records.</summary>
/// <param name="Ecosystem"><c>deb</c>, <c>npm</c>, <c>pypi</c> or <c>nuget</c>, as in package URLs.</param>
internal sealed record InstalledComponent(string Ecosystem, string Name, string Version)
{
    public string? Architecture { get; init; }
}
