using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>What becomes of device nodes in a layer. Character device 0:0 is refused always: overlayfs takes it for a whiteout.</summary>
public enum DevicePolicy
{
    /// <summary>The usual nodes of <c>/dev</c> (null, zero, full, random, urandom, tty, console, ptmx) are left out, since
    /// every engine provides them; others are refused.</summary>
    LeaveOutUsual,

    /// <summary>Created; needs a privilege that a user namespace does not give.</summary>
    Create,
}

/// <summary>What becomes of the whiteouts of a layer.</summary>
public enum WhiteoutForm
{
    /// <summary>They remove what lies below: layers are applied one on the other in one directory.</summary>
    Remove,

    /// <summary>They become overlayfs whiteouts (character device 0:0; an opaque directory gets the attribute
    /// <c>user.overlay.opaque=y</c>): each layer is unpacked into a directory of its own, to be stacked with <c>userxattr</c>.</summary>
    Overlay,
}

public sealed record ApplyOptions
{
    /// <summary>LEAD: needed by Nua.Rootfs.Worker.LayerUnpacker (please keep and implement).</summary>
    public WhiteoutForm Whiteouts { get; init; } = WhiteoutForm.Remove;

    public static readonly ApplyOptions Default = new();

    /// <summary>False leaves every file to the calling user: for looking at an image without privilege.</summary>
    public bool SetOwners { get; init; } = true;

    /// <summary>False leaves extended attributes out.</summary>
    public bool SetXattrs { get; init; } = true;

    public DevicePolicy Devices { get; init; } = DevicePolicy.LeaveOutUsual;

    public TarLimits Tar { get; init; } = TarLimits.Default;

    public ExpansionLimits Expansion { get; init; } = ExpansionLimits.Default;
}

/// <summary>What was applied, and what could not be represented (as warnings).</summary>
public sealed record ApplyReport(long Entries, long Bytes, IReadOnlyList<Problem> Notes);

public sealed class LayerApplier : IDisposable
{
    /// <param name="root">An existing directory.</param>
    public LayerApplier(string root, ApplyOptions? options = null) => throw new NotImplementedException();

    public ApplyReport Report => throw new NotImplementedException();

    /// <summary>All layers of an image into an existing empty directory, checking digests and diff_ids.</summary>
    public static ApplyReport Apply(Image image, string root, ApplyOptions? options = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>One uncompressed layer.</summary>
    public void Apply(Stream tar, string where, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Sets the directory times, which later entries would have changed. Call once, after the last layer.</summary>
    public void Complete() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
