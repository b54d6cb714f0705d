namespace Nua.Build.Planning.Stacks;

/// <summary>The source as the application: all of it but what only describes the build.</summary>
internal static class SourceTree
{
    private static readonly string[] _notInImage =
    [
        "nua", "nua-config.*", ".dockerignore", ".nuaignore", ".gitignore", ".gitattributes", ".gitmodules", ".github",
        ".gitlab-ci.yml",
        ".editorconfig", ".vscode", ".idea", "Dockerfile*", "docker-compose*.yml", "docker-compose*.yaml",
        "compose.yml", "compose.yaml",
        "**/.DS_Store", "**/__pycache__", "**/.env", "**/.env.local", "**/.env.*.local",
    ];

    public static Collect Whole(IReadOnlyList<string>? dependencies = null, IReadOnlyList<string>? exclude = null) =>
        new(NuaPaths.Source, NuaPaths.App, LayerKind.Application)
        {
            Exclude = [.. _notInImage, .. exclude ?? []],
            Dependencies = dependencies ?? [],
        };
}
