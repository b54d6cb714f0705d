using Nua.Build.Packages;
using Nua.Oci;
using Nua.Oci.Layers;

namespace Nua.Build.Roots;

/// <summary>
/// The root file system that the application will run on: a base image and one layer of operating system packages.
/// </summary>
public sealed record RuntimeRoot
{
    public required Image Base { get; init; }

    /// <summary>How the base is called in records: <c>debian:trixie</c> or the reference that was asked for.</summary>
    public required string BaseName { get; init; }

    /// <summary>Packages the base itself is made of, when we made it.</summary>
    public required PackageSet BasePackages { get; init; }

    public required PackageSet Packages { get; init; }

    /// <summary>Null when no package was asked for.</summary>
    public required Layer? PackagesLayer { get; init; }

    /// <summary>Names the root's whole content, for keys of what is built on it.</summary>
    public required string Key { get; init; }

    public required RootFacts Facts { get; init; }

    /// <summary>All its layers, base first.</summary>
    public IReadOnlyList<ImageLayer> Layers => LayersOf(Base, PackagesLayer);

    public static IReadOnlyList<ImageLayer> LayersOf(Image image, Layer? packages) =>
        packages is null ? image.Layers : [.. image.Layers, new ImageLayer(image.Layers.Count, packages.Blob, packages.DiffId)];
}

/// <summary>What later stages need to know of a root, read once and kept.</summary>
/// <param name="DpkgStatus">Content of <c>/var/lib/dpkg/status</c>; empty for a root without dpkg.</param>
/// <param name="Passwd">Content of <c>/etc/passwd</c>.</param>
public sealed record RootFacts(byte[] DpkgStatus, byte[] Passwd, byte[] Group, byte[] OsRelease, bool HasShell, string ComponentsJson)
{
    /// <summary>There is something at <c>/nua</c> already. Only known where the layers were read.</summary>
    public bool HasNua { get; init; }
}
