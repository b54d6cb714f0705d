using Nua.Foundation;

namespace Nua.Build.Toolchains;

/// <summary>A runtime or tool at hand on this machine, and where it goes.</summary>
public sealed record ResolvedToolchain
{
    public required string Name { get; init; }

    /// <summary>Exact.</summary>
    public required string Version { get; init; }

    /// <summary>npm package it came from; null for what is bound from the host.</summary>
    public string? Package { get; init; }

    /// <summary>As published (<c>sha512-…</c>); null for what is bound from the host.</summary>
    public string? Integrity { get; init; }

    /// <summary>SPDX expression or text of the publisher; null when not said.</summary>
    public string? License { get; init; }

    /// <summary>The unpacked folder in the cache, or the host's folder. Never written to.</summary>
    public required string Folder { get; init; }

    /// <summary>Bound read-only into the build root for every phase.</summary>
    public required ToolchainPlacement Build { get; init; }

    /// <summary>Files or folders copied to the finished image (and so visible in the build root too); empty for build-only tools.</summary>
    public IReadOnlyList<ToolchainPlacement> Image { get; init; } = [];

    /// <summary>Symbolic links beside them.</summary>
    public IReadOnlyList<ToolchainLink> ImageLinks { get; init; } = [];

    /// <summary>Folder in the build root to put in front of <c>PATH</c>.</summary>
    public required string BuildPath { get; init; }

    /// <summary>Variables of the build phases.</summary>
    public IReadOnlyDictionary<string, string> BuildEnv { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What build phases find in their home folder.</summary>
    public HomeContent BuildHome { get; init; } = HomeContent.None;

    /// <summary>Things the user should know, such as an answer that could not be refreshed.</summary>
    public IReadOnlyList<Problem> Notes { get; init; } = [];
}

/// <summary>A file or folder of the host, absolute, and its place: absolute unless said.</summary>
public sealed record ToolchainPlacement(string Source, string Target);

/// <summary>A symbolic link of the image: its absolute path and its target, which is relative.</summary>
public sealed record ToolchainLink(string Path, string Target);

/// <summary>Folders of the host, shown read-only, and small files, all below the home folder of build steps; targets are relative to it.</summary>
public sealed record HomeContent(IReadOnlyList<ToolchainPlacement> Folders, IReadOnlyList<(string Target, string Content)> Files)
{
    public static HomeContent None { get; } = new([], []);
}
