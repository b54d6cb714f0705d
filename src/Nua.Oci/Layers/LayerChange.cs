using Nua.Foundation;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>What an entry does to the tree below it.</summary>
internal enum ChangeKind
{
    /// <summary>Puts a file, directory, link or device at <see cref="LayerChange.Path"/>.</summary>
    Put,

    /// <summary>Removes what lower layers have at <see cref="LayerChange.Path"/>.</summary>
    Remove,

    /// <summary>Removes what lower layers have in the directory <see cref="LayerChange.Path"/>.</summary>
    Empty,
}

/// <summary>
/// An entry of a layer read by the rules of layer.md. Unpacking and looking both go through here, so that they agree on
/// every verdict.
/// </summary>
/// <param name="Path">Normalised.</param>
/// <param name="Link">Of a hard link: the normalised path it names.</param>
internal readonly record struct LayerChange(ChangeKind Kind, string Path, string? Link)
{
    /// <exception cref="ProblemException">NUA3026 and NUA3050 to NUA3059.</exception>
    public static LayerChange Of(TarEntry entry, string where)
    {
        where = $"{where}: at byte {entry.Offset}";
        var path = LayerPath.Normalise(entry.Path, where);
        RefuseOverlayAttributes(entry, where);
        var parent = LayerPath.Parent(path);
        var name = LayerPath.Name(path);
        if (IsBelowWhiteout(parent))
        {
            throw Malformed(entry, where, "a directory's name begins with '.wh.'");
        }

        if (name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))
        {
            return OfWhiteout(entry, where, parent, name);
        }

        if (path.Length == 0 && entry.Type != TarEntryType.Directory)
        {
            throw RootReplaced(where);
        }

        if (entry.Type is TarEntryType.CharacterDevice && entry is { DeviceMajor: 0, DeviceMinor: 0 })
        {
            throw new ProblemException(new Problem("NUA3054", $"'{Printable.Escape(entry.Path, 200)}' is the device 0:0")
            {
                Where = where,
                Why = "the kernel's overlay file system takes it for a deleted file",
            });
        }

        var link = entry.Type == TarEntryType.HardLink ? LayerPath.Normalise(entry.LinkTarget!, where) : null;
        return link is not null && (link == path || link.Length == 0)
            ? throw BadLink(path, link, where, "it names itself or the root")
            : new LayerChange(ChangeKind.Put, path, link);
    }

    /// <summary>An entry of an archive that is no layer: only what its name says.</summary>
    /// <exception cref="ProblemException">NUA3026, NUA3053, NUA3059.</exception>
    public static LayerChange OfPlain(TarEntry entry, string where)
    {
        where = $"{where}: at byte {entry.Offset}";
        var path = LayerPath.Normalise(entry.Path, where);
        if (path.Length == 0)
        {
            throw RootReplaced(where);
        }

        var link = entry.Type == TarEntryType.HardLink ? LayerPath.Normalise(entry.LinkTarget!, where) : null;
        return link is not null && (link == path || link.Length == 0)
            ? throw BadLink(path, link, where, "it names itself or the root")
            : new LayerChange(ChangeKind.Put, path, link);
    }

    public static ProblemException BadLink(string path, string link, string where, string why) => new(
        new Problem("NUA3053", $"the hard link '{Printable.Escape(path, 200)}' cannot be made")
        {
            Where = where,
            Why = $"{why}: '{Printable.Escape(link, 200)}'",
        });

    public static ProblemException Duplicate(string path, string where) => new(
        new Problem("NUA3051", $"a layer has '{Printable.Escape(path, 200)}' twice")
        {
            Where = where,
            Why = "programs differ in which of the two they keep (layer.md forbids it)",
        });

    public static ProblemException NotADirectory(string path, string where, string why) => new(
        new Problem("NUA3052", $"'{Printable.Escape(path, 200)}' is in something that is not a directory")
        {
            Where = where,
            Why = why,
        });

    private static ProblemException RootReplaced(string where) => new(
        new Problem("NUA3059", "an archive replaces the root directory by something else") { Where = where });

    private static LayerChange OfWhiteout(TarEntry entry, string where, string parent, string name)
    {
        var isEmptyFile = entry is { Type: TarEntryType.File, Size: 0 } or { Type: TarEntryType.HardLink };
        if (!isEmptyFile)
        {
            throw Malformed(entry, where, "it is not an empty file");
        }

        if (name == Whiteout.Opaque)
        {
            return new LayerChange(ChangeKind.Empty, parent, null);
        }

        var target = name[Whiteout.Prefix.Length..];
        return target is "" or "." or ".." || target.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)
            ? throw Malformed(entry, where, "the rest of its name is no file's name")
            : new LayerChange(ChangeKind.Remove, LayerPath.Join(parent, target), null);
    }

    private static bool IsBelowWhiteout(string parent) =>
        parent.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)
        || parent.Contains("/" + Whiteout.Prefix, StringComparison.Ordinal);

    /// <summary>Attributes by which overlayfs is steered must not come out of an image (podman 4.3 lets them redirect
    /// into other directories).</summary>
    private static void RefuseOverlayAttributes(TarEntry entry, string where)
    {
        foreach (var name in entry.Xattrs.Keys)
        {
            if (name.StartsWith("trusted.overlay.", StringComparison.Ordinal)
                || name.StartsWith("user.overlay.", StringComparison.Ordinal))
            {
                var what = $"'{Printable.Escape(entry.Path, 200)}' has the attribute '{Printable.Escape(name, 80)}'";
                throw new ProblemException(new Problem("NUA3055", what)
                {
                    Where = where,
                    Why = "it would steer the kernel's overlay file system",
                });
            }
        }
    }

    private static ProblemException Malformed(TarEntry entry, string where, string why) => new(
        new Problem("NUA3050", $"the whiteout '{Printable.Escape(entry.Path, 200)}' is malformed")
        {
            Where = where,
            Why = why,
        });
}
