using System.Text;
using Nua.Build.Layers;
using Nua.Rootfs.Trees;

namespace Nua.Build.Metadata;

/// <summary>
/// The eight verbs under <c>/nua/scripts</c>. The packager's own file wins; then a single <c>nua</c> script that takes the verb; the rest
/// are made here: a few readable lines of sh that hand over to the agent, or a link to the agent where the image has no shell.
/// </summary>
public static class Scripts
{
    private const string Agent = "/nua/bin/nua-agent";
    private const string Folder = "nua/scripts/";

    public static readonly IReadOnlyList<string> Verbs =
        ["start", "stop", "restart", "healthcheck", "upgrade", "rollback", "backup", "restore"];

    private static readonly Dictionary<string, string> _purpose = new(StringComparer.Ordinal)
    {
        ["start"] = "checks the data version and the settings, renders the templates, then becomes the application",
        ["stop"] = "lets the application finish its work and end",
        ["restart"] = "applies changed settings without dropping work, or ends with 3: then stop and start",
        ["healthcheck"] = "live | ready | started: ends with 0 when the application can serve, else 1",
        ["upgrade"] = "brings the data to this image's data version; from 0 it is the installation",
        ["rollback"] = "brings the data down to an older data version, or ends with 3 before touching anything",
        ["backup"] = "fills $NUA_BACKUP_DIR with plain files, consistent as one moment",
        ["restore"] = "rebuilds empty data from a backup",
    };

    /// <param name="given">Names of the packager's files in <c>/nua/scripts</c>.</param>
    public static IEnumerable<LayerItem> Missing(IReadOnlySet<string> given, bool hasShell, long epoch)
    {
        foreach (var verb in Verbs.Where(verb => !given.Contains(verb)))
        {
            var path = Folder + verb;
            if (given.Contains("nua") && hasShell)
            {
                yield return Script(path, $"# {verb}: the packager's one script knows it.\nexec /nua/scripts/nua {verb} \"$@\"\n", epoch);
            }
            else if (hasShell)
            {
                yield return Script(path, $"# {verb}: {_purpose[verb]}.\nexec {Agent} do {verb} \"$@\"\n", epoch);
            }
            else
            {
                yield return new LayerItem(Normal.Symlink(path, "../bin/nua-agent", epoch), null);
            }
        }
    }

    /// <summary>The generated ones of a finished image for a base that has a shell, or has none; the packager's own are left alone.</summary>
    public static IEnumerable<LayerItem> Again(IReadOnlyList<LayerItem> metadata, bool hasShell, long epoch)
    {
        var there = metadata.Where(i => i.Entry.Path.StartsWith(Folder, StringComparison.Ordinal))
            .ToDictionary(i => i.Entry.Path[Folder.Length..], StringComparer.Ordinal);
        var generated = Missing(there.ContainsKey("nua") ? new HashSet<string> { "nua" } : [], hasShell: true, epoch)
            .Concat(Missing(new HashSet<string>(), hasShell: false, epoch)).Select(i => (i.Entry.Path, i.Entry.Kind, i.Entry.Sha256, i.Entry.Link)).ToHashSet();
        var given = there.Where(f => !generated.Contains((f.Value.Entry.Path, f.Value.Entry.Kind, f.Value.Entry.Sha256, f.Value.Entry.Link)))
            .Select(f => f.Key).ToHashSet(StringComparer.Ordinal);
        return Missing(given, hasShell, epoch);
    }

    private static LayerItem Script(string path, string body, long epoch) =>
        Normal.File(path, Encoding.UTF8.GetBytes("#!/bin/sh\n" + body), epoch, mode: 0x1ED);
}
