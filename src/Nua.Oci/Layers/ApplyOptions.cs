using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>What becomes of device nodes in a layer. Character device 0:0 is refused always: overlayfs takes it for a
/// whiteout.</summary>
public enum DevicePolicy
{
    /// <summary>The usual nodes of <c>/dev</c> (null, zero, full, random, urandom, tty, console, ptmx) are left out, since
    /// every engine provides them; others are refused.</summary>
    LeaveOutUsual,

    /// <summary>Created; needs a privilege that a user namespace does not give.</summary>
    Create,
}

/// <summary>How layers are applied to a directory.</summary>
public sealed record ApplyOptions
{
    public static readonly ApplyOptions Default = new();

    /// <summary>False leaves every file to the calling user: for looking at an image without privilege.</summary>
    public bool SetOwners { get; init; } = true;

    /// <summary>False leaves extended attributes out.</summary>
    public bool SetXattrs { get; init; } = true;

    /// <summary>
    /// The archive is no layer but a plain copy of files, into a new folder: names that begin with <c>.wh.</c> mean nothing, a folder comes before what is in
    /// it, nothing comes twice, devices are refused, and memory does not grow with the number of files.
    /// </summary>
    public bool IsPlainArchive { get; init; }

    public DevicePolicy Devices { get; init; } = DevicePolicy.LeaveOutUsual;

    public TarLimits Tar { get; init; } = TarLimits.Default;

    public ExpansionLimits Expansion { get; init; } = ExpansionLimits.Default;
}

/// <summary>What was applied.</summary>
/// <param name="Bytes">Content of files written.</param>
/// <param name="Notes">What the file system could not represent, as warnings; each kind once.</param>
public sealed record ApplyReport(long Entries, long Bytes, IReadOnlyList<Problem> Notes);
