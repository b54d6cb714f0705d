using Nua.Build.Planning;
using Nua.Build.Sources;
using Nua.Rootfs.Trees;

namespace Nua.Build.Steps;

/// <summary>The source as the build sees it: where it is, what was found in it, and where it came from.</summary>
/// <param name="Folder">On the host. Never written to.</param>
/// <param name="ProjectFolder">The folder the user named, with the packager's own <c>nua/</c>; the same as <paramref name="Folder"/> for local code.</param>
/// <param name="Packager">The packager's files, hashed, each with its place in the image or the build tree.</param>
public sealed record BuildSource(
    string Folder, FileTree Tree, SourceFacts Facts, string ProjectFolder, IReadOnlyList<PackagerSource> Packager);

/// <param name="Entry">Path relative to the project folder.</param>
public sealed record PackagerSource(PackagerFile File, TreeEntry Entry);
