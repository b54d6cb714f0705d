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
        "**/.DS_Store", "**/__pycache__", "**/.env", "**/.env.local", "**/.env.*.local", "**/.npmrc", "**/.pypirc", "**/.netrc",
        ".ssh", ".aws", ".gnupg",
        // Keys that tests bring: nothing needs them at run time, and a private key in an image is one that everybody has.
        "**/test/**/*.key", "**/test/**/*.pem", "**/tests/**/*.key", "**/tests/**/*.pem",
    ];

    private static readonly string[] _samples = ["example", "sample", "template", "dist", "default", "test", "ci"];

    /// <summary>A file of settings that usually holds passwords: it is not in the image.</summary>
    public static bool IsSecret(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name is ".env" or ".env.local" || (name.StartsWith(".env.", StringComparison.Ordinal) && name.EndsWith(".local", StringComparison.Ordinal));
    }

    /// <summary>Settings of one environment; those that only show which settings there are have names of their own.</summary>
    public static bool MayBeSecret(string name) => name.StartsWith(".env.", StringComparison.Ordinal)
        && !Array.Exists(_samples, sample => name.Contains(sample, StringComparison.OrdinalIgnoreCase));

    /// <summary>A folder that a build made, with the application's own files around it gone.</summary>
    /// <param name="from">Relative to the source.</param>
    /// <param name="to">Relative to the application; empty for the application itself.</param>
    public static Collect Made(string from, string to, params IReadOnlyList<string> dependencies) =>
        new($"{NuaPaths.Source}/{from}", to.Length == 0 ? NuaPaths.App : $"{NuaPaths.App}/{to}", LayerKind.Application)
        {
            Exclude = _notInImage,
            Dependencies = dependencies,
        };

    public static Collect Whole(IReadOnlyList<string>? dependencies = null, IReadOnlyList<string>? exclude = null) =>
        new(NuaPaths.Source, NuaPaths.App, LayerKind.Application)
        {
            Exclude = [.. _notInImage, .. exclude ?? []],
            Dependencies = dependencies ?? [],
        };
}
