using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Reads volumes and backups, and the options both have.</summary>
internal static class VolumeBinder
{
    /// <summary>Options whose spelling is known; either of <c>-</c> and <c>_</c> will do for them. Every other key is
    /// data.</summary>
    private static readonly string[] _options = ["read-only", "tmpfs_size", "tmpfs_mode", "destination"];

    private static readonly string[] _methods = ["tgz_volumes", "pg_dump", "mysqldump", "mongodump"];

    public static IReadOnlyList<VolumeConfig> Bind(IReadOnlyList<Fields> volumes, ProblemLog log)
    {
        var result = new List<VolumeConfig>();
        var targets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var fields in volumes)
        {
            var volume = Bind(fields);
            if (volume is not null && !targets.Add(volume.Target))
            {
                var first = result.Find(other => other.Target == volume.Target)!;
                log.Add(AreEqual(first, volume) ? ConfigProblems.VolumeTwice(fields.Path) : ConfigProblems.SameTarget(fields.Path, volume.Target),
                    fields.Position);
            }
            else if (volume is not null)
            {
                result.Add(volume);
            }
        }

        return result;
    }

    /// <param name="declared">In the shape of the contract, as a finished image has them too: the same volume may be given both ways.</param>
    public static IReadOnlyList<VolumeConfig> Bind(IReadOnlyList<Fields> volumes, IReadOnlyList<Fields> declared, ProblemLog log)
    {
        var result = Bind(volumes, log).ToList();
        foreach (var fields in declared)
        {
            var (name, path, kind) = (fields.Text("name"), fields.Text("path"), fields.Text("class"));
            fields.Close();
            if (name is null || path is null)
            {
                log.Add(ConfigProblems.Missing(fields.Path, name is null ? "name" : "path"), fields.Position);
                continue;
            }

            var at = result.FindIndex(volume => volume.Target == path);
            if (at >= 0)
            {
                result[at] = result[at] with { IsCache = kind == "cache" };
            }
            else if (path is not (NuaTree.Data or NuaTree.Cache))
            {
                result.Add(new VolumeConfig(path) { Name = name, IsCache = kind == "cache" });
            }
        }

        return result;
    }

    private static bool AreEqual(VolumeConfig one, VolumeConfig other) =>
        one with { Options = other.Options } == other && one.Options.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SequenceEqual(other.Options.OrderBy(pair => pair.Key, StringComparer.Ordinal));

    /// <summary>Null after reporting why.</summary>
    public static BackupConfig? Backup(Fields? fields)
    {
        if (fields is null)
        {
            return null;
        }

        if (fields.IsEmpty)
        {
            fields.Log.Add(ConfigProblems.EmptyBackup(fields.Path), fields.Position);
            return null;
        }

        var at = fields.Peek("method")?.Value.Position ?? fields.Position;
        var method = fields.Text("method");
        if (method is null)
        {
            fields.Log.Add(ConfigProblems.Missing(fields.Path, "method"), at);
        }
        else if (!_methods.Contains(method))
        {
            fields.Log.Add(ConfigProblems.UnknownBackup(fields.PathOf("method"), method), at);
        }

        var options = Options(fields);
        if (fields.Take("destination") is { } destination)
        {
            var modern = fields.PathOf("options.destination");
            fields.Log.Add(ConfigProblems.OldSpelling(destination.Path, modern), destination.At);
            options.TryAdd("destination", FreeTable.ToText(destination.Value));
        }

        var frequency = fields.Text("frequency");
        fields.Close();
        return method is null ? null : new BackupConfig(method) { Frequency = frequency, Options = options };
    }

    private static VolumeConfig? Bind(Fields fields)
    {
        var target = fields.Text("target");
        if (target is null)
        {
            fields.Log.Add(ConfigProblems.Missing(fields.Path, "target"), fields.Position);
        }

        var type = Type(fields);
        var name = fields.Text("name");
        if (name is null && type != "tmpfs" && target is not null)
        {
            fields.Log.Add(ConfigProblems.NoVolumeName(fields.Path), fields.Position);
        }

        var options = Options(fields);
        MoveOptions(fields, options);
        var volume = new VolumeConfig(target ?? "")
        {
            Name = name,
            Type = type,
            Driver = fields.Text("driver"),
            IsCache = fields.Text("class") == "cache",
            Options = options,
            Backup = Backup(fields.Table("backup")),
        };
        fields.Close();
        return target is null ? null : volume;
    }

    private static string Type(Fields fields)
    {
        var modern = (fields.Peek("type")?.Value as ScalarNode)?.Text switch
        {
            "volume" => "managed",
            "bind" => "directory",
            _ => null,
        };
        if (modern is not null)
        {
            var old = fields.Take("type")!;
            fields.Log.Add(ConfigProblems.OldSpelling($"{old.Path} = {((ScalarNode)old.Value).Text}", modern), old.At);
            return modern;
        }

        return fields.Text("type") ?? "managed";
    }

    /// <summary>The table <c>options</c>; the tables of a list count together, since <c>[[volume.options]]</c> was a
    /// common slip.</summary>
    private static SortedDictionary<string, string> Options(Fields fields)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (fields.Take("options") is not { } field)
        {
            return result;
        }

        foreach (var node in field.Value is ListNode list ? list.Items : [field.Value])
        {
            if (node is not TableNode table)
            {
                fields.Log.Add(ConfigProblems.WrongType(field.Path, "a table", node.Kind), node.Position);
                continue;
            }

            foreach (var entry in table.Entries)
            {
                var known = _options.FirstOrDefault(option => KeyGroup.Fold(option) == KeyGroup.Fold(entry.Key));
                result[known ?? entry.Key] = FreeTable.ToText(entry.Value);
            }
        }

        return result;
    }

    /// <summary>What old files wrote in the volume itself.</summary>
    private static void MoveOptions(Fields fields, SortedDictionary<string, string> options)
    {
        foreach (var (old, option) in new[] { ("tmpfs-size", "tmpfs_size"), ("tmpfs-mode", "tmpfs_mode") })
        {
            if (fields.Take(old) is { } field)
            {
                fields.Log.Add(ConfigProblems.OldSpelling(field.Path, fields.PathOf($"options.{option}")), field.At);
                options.TryAdd(option, FreeTable.ToText(field.Value));
            }
        }

        if (fields.Take("mode") is { } mode)
        {
            fields.Log.Add(ConfigProblems.OldSpelling(mode.Path, fields.PathOf("options.read-only")), mode.At);
            options.TryAdd("read-only", FreeTable.ToText(mode.Value) == "ro" ? "true" : "false");
        }
    }
}
