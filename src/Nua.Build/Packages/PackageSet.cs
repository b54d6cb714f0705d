using System.Text.Json.Serialization;

namespace Nua.Build.Packages;

/// <summary>One Debian package, pinned.</summary>
/// <param name="File">Name in the archive cache.</param>
/// <param name="Sha256">Of the .deb; what is installed is exactly this.</param>
public sealed record DebianPackage(string Name, string Version, string Architecture, string File, string Sha256, long Size);

/// <summary>One call of dpkg: unpack these packages, or configure them.</summary>
public sealed record DpkgAction(bool IsUnpack, IReadOnlyList<string> Names);

/// <summary>What apt decided for a list of names on a certain root: the packages and the order dpkg takes them in. Kept on disk, so that
/// the same build later installs the same bytes.</summary>
public sealed record PackageSet(IReadOnlyList<DebianPackage> Packages, IReadOnlyList<DpkgAction> Actions)
{
    public static readonly PackageSet Empty = new([], []);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PackageSet))]
internal sealed partial class PackageJson : JsonSerializerContext;
