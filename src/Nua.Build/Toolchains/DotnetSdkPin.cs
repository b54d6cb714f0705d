using System.Text.Json;
using Nua.Foundation;

namespace Nua.Build.Toolchains;

/// <summary>What a <c>global.json</c> says about the SDK, and which installed one it allows.</summary>
public sealed record DotnetSdkPin(SemVer? Version, string RollForward, bool AllowPrerelease)
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Null when there is no file or it does not speak about the SDK.</summary>
    /// <exception cref="ProblemException">NUA2134.</exception>
    public static DotnetSdkPin? Read(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return null;
        }

        if (info.Length > MaxBytes)
        {
            throw ToolchainProblems.BadGlobalJson(path, "it is larger than 1 MiB");
        }

        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            using var document = JsonDocument.Parse(File.ReadAllBytes(path).AsMemory(), options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("sdk", out var sdk) && sdk.ValueKind == JsonValueKind.Object
                ? Read(sdk, path)
                : null;
        }
        catch (JsonException e)
        {
            throw ToolchainProblems.BadGlobalJson(path, Printable.Escape(e.Message, 200));
        }
    }

    /// <summary>The rule of the .NET host: the same feature band's patches first where the policy keeps to it, then, as far as the
    /// policy goes, the nearest higher band, minor or major; the <c>latest…</c> policies take the highest. Null: none.</summary>
    public SemVer? Choose(IReadOnlyList<SemVer> installed)
    {
        var usable = installed.Where(v => AllowPrerelease || !v.IsPrerelease || v == Version).ToList();
        if (Version is null)
        {
            return usable.Max();
        }

        var higher = usable.Where(v => v >= Version).ToList();
        var major = higher.Where(v => v.Major == Version.Major).ToList();
        var minor = major.Where(v => v.Minor == Version.Minor).ToList();
        var band = minor.Where(v => Band(v) == Band(Version)).ToList();
        return RollForward switch
        {
            "disable" => band.FirstOrDefault(v => v == Version),
            "patch" => band.FirstOrDefault(v => v == Version) ?? band.Max(),
            "latestPatch" => band.Max(),
            "feature" => band.Max() ?? Nearest(minor),
            "minor" => band.Max() ?? Nearest(minor) ?? Nearest(major),
            "major" => band.Max() ?? Nearest(minor) ?? Nearest(major) ?? Nearest(higher),
            "latestFeature" => minor.Max(),
            "latestMinor" => major.Max(),
            _ => higher.Max(),
        };
    }

    private static DotnetSdkPin Read(JsonElement sdk, string path)
    {
        SemVer? version = null;
        if (sdk.TryGetProperty("version", out var text)
            && (text.ValueKind != JsonValueKind.String || !SemVer.TryParse(text.GetString(), out version)))
        {
            throw ToolchainProblems.BadGlobalJson(path, "sdk.version is not a version such as 10.0.100");
        }

        var policy = sdk.TryGetProperty("rollForward", out var value) ? value.ToString() : version is null ? "latestMajor" : "patch";
        string[] known = ["patch", "feature", "minor", "major", "latestPatch", "latestFeature", "latestMinor", "latestMajor", "disable"];
        var rollForward = known.FirstOrDefault(k => k.Equals(policy, StringComparison.OrdinalIgnoreCase))
            ?? throw ToolchainProblems.BadGlobalJson(path, $"sdk.rollForward '{Printable.Escape(policy, 60)}' is none of {string.Join(", ", known)}");
        var allow = !sdk.TryGetProperty("allowPrerelease", out var flag) || flag.ValueKind != JsonValueKind.False;
        return new DotnetSdkPin(version, rollForward, allow);
    }

    /// <summary>The highest patch of the lowest feature band there is.</summary>
    private static SemVer? Nearest(List<SemVer> versions)
    {
        var lowest = versions.Min();
        return lowest is null
            ? null
            : versions.Where(v => v.Major == lowest.Major && v.Minor == lowest.Minor && Band(v) == Band(lowest)).Max();
    }

    private static long Band(SemVer version) => version.Patch / 100;
}
