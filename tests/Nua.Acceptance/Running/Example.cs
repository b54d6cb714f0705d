namespace Nua.Acceptance.Running;

/// <summary>An application of <c>examples/</c>: what its image is called, and a question that shows that it works.</summary>
public sealed record Example(string Folder, string Image, string Path, string Answer)
{
    public static IReadOnlyList<Example> All { get; } =
    [
        new("notes", "nua-notes:1.0", "/health", "\"ok\""),
        new("api", "nua-links:1.0", "/health", "\"ok\""),
        new("site", "nua-site:1.0", "/join.html", "<h1>Join us</h1>"),
        new("clock", "nua-clock:1.0", "/api/now?zone=Asia/Tokyo", "+09:00"),
        new("handmade", "nua-quoted:1.0", "/", "."),
        new("gateway", "nua-gateway:1.0", "/gateway/health", "ok"),
    ];

    public static TheoryData<string> Names => [.. All.Select(example => example.Folder)];

    public static Example Of(string folder) => All.Single(example => example.Folder == folder);
}

/// <param name="Layout">The image as <c>nua save</c> wrote it, in image layout form, under <paramref name="Tag"/>.</param>
public sealed record BuiltExample(Example Example, string Digest, string Layout, string Tag, TimeSpan Time);
