using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>What an image runs on, in Go's names (<c>linux</c>, <c>amd64</c>).</summary>
public sealed record Platform(string Os, string Architecture)
{
    /// <summary>What Nua builds for and chooses from a multi-platform index.</summary>
    public static readonly Platform LinuxAmd64 = new("linux", "amd64");

    public string? Variant { get; init; }

    public string? OsVersion { get; init; }

    /// <summary>Whether an image for <paramref name="offered"/> runs here. A variant that is not asked for does not
    /// matter.</summary>
    public bool Accepts(Platform offered) =>
        Os == offered.Os && Architecture == offered.Architecture && (Variant is null || Variant == offered.Variant);

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    internal static Platform Read(JsonObjectReader json) => new(json.String("os"), json.String("architecture"))
    {
        Variant = json.OptionalString("variant"),
        OsVersion = json.OptionalString("os.version"),
    };

    internal void Write(CanonicalJson json)
    {
        json.Start();
        json.String("architecture", Architecture);
        json.String("os", Os);
        json.OptionalString("os.version", OsVersion);
        json.OptionalString("variant", Variant);
        json.End();
    }
}
