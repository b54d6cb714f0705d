namespace Nua.Build;

/// <summary>This program's version, as images record it.</summary>
public static class ToolVersion
{
    /// <summary>Raised when a new version would give another image for the same input. Build keys and <c>build.json</c> carry it.</summary>
    public const int Compatibility = 1;

    public static string Text { get; } = typeof(ToolVersion).Assembly.GetName().Version is { } v ? $"{v.Major}.{v.Minor}.{v.Build}" : "0";
}
