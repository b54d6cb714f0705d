using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Moves what old files wrote elsewhere to its modern place, with a note for each. Renames within one table
/// are not here: <see cref="Fields"/> does them from the catalogue.</summary>
internal static class OldSpellings
{
    private static readonly string[] _dockerOptions = ["auto_remove", "mem_limit", "restart_policy", "detach"];
    private static readonly KeyGroup _nothing = new("sources", "", []);

    /// <summary>Moves that take more than a new name, for the reference page.</summary>
    public static IReadOnlyList<(string Old, string Modern)> Special { get; } =
    [
        ("build.build-packages", "build.packages"),
        ("build.packages beside build.build-packages", "run.packages"),
        ("metadata.docker = \"image\"", "build.base-image"),
        ("build.node-version = \"16.x\"", "build.builder = \"node-16.x\""),
        ("profile.node = \"16\"", "build.builder = \"node-16\""),
        ("build.expose", "port.web.container"),
        ("run.container_port", "port.web.container"),
        ("instance.port", "port.web.container"),
        ("run.auto_remove, mem_limit, restart_policy, detach", "docker, the same key"),
        ("[run_env], [run.env]", "[env]"),
        ("[[assign]] and [instance.x] with key = \"X\" and a selector", "env.X = { selector }"),
        ("resource_host = \"r\"", "from = \"r\", key = \"hostname\""),
        ("resource_property = \"r.p\", property = \"r.p\"", "from = \"r\", key = \"p\""),
        ("[[ports]], [ports.x]", "[port.x]"),
        ("port.x.host = \"auto\"", "nothing"),
        ("[[resource]]", "[[provider]]"),
        ("[database] and the like, with type or image", "[[provider]] with that name"),
        ("[addons.postgresql]", "[[provider]] with module-name = \"postgres\""),
        ("provider.type = \"postgres\" (mariadb, mongo, redis-cache, sqlite)", "provider.module-name"),
        ("provider.type = \"docker\"", "provider.type = \"docker-image\""),
        ("provider.base-image, provider.image", "provider.build.base-image"),
        ("provider.run with engine options", "provider.docker"),
        ("provider.run.env", "provider.env"),
        ("volume.type = \"volume\"", "volume.type = \"managed\""),
        ("volume.type = \"bind\"", "volume.type = \"directory\""),
        ("volume.tmpfs_size, volume.tmpfs_mode", "volume.options, the same key"),
        ("volume.mode = \"ro\"", "volume.options.read-only = true"),
        ("backup.destination", "backup.options.destination"),
    ];

    public static void Apply(Draft draft)
    {
        MoveBetweenSections(draft);
        MovePackages(draft);
        MoveImage(draft);
        MoveBuilder(draft);
        MovePorts(draft);
        MoveDockerOptions(draft.Run, draft.Docker);
        MoveEnv(draft);
        MoveProviders(draft);
    }

    public static void MoveDockerOptions(Fields run, NamedValues docker)
    {
        foreach (var option in _dockerOptions)
        {
            if (run.Take(KeyGroup.Fold(option)) is { } field)
            {
                docker.Move(new NamedValue(option, field.Path, field.At, field.Value));
            }
        }
    }

    /// <summary>Moves each entry of a table of variables.</summary>
    public static void MoveVariables(Field? field, NamedValues env, ProblemLog log)
    {
        if (field is null)
        {
            return;
        }

        if (field.Value is not TableNode table)
        {
            log.Add(ConfigProblems.WrongType(field.Path, "a table", field.Value.Kind), field.Value.Position);
            return;
        }

        log.Add(ConfigProblems.OldSpelling(field.Path, env.Path), field.At);
        foreach (var entry in table.Entries)
        {
            env.Add(new NamedValue(entry.Key, $"{field.Path}.{entry.Key}", entry.Position, entry.Value));
        }
    }

    private static void MoveBetweenSections(Draft draft)
    {
        var sources = draft.Root.Take("sources") is { } field
            ? Fields.Open(field.Value, _nothing, field.Path, draft.Log)
            : Fields.Empty(_nothing, "sources", draft.Log);
        foreach (var target in new[] { draft.Build, draft.Run })
        {
            foreach (var key in target.Group.Keys)
            {
                foreach (var old in key.Old)
                {
                    var dot = old.IndexOf('.', StringComparison.Ordinal);
                    var from = old[..dot] switch
                    {
                        "metadata" => draft.Metadata,
                        "build" => draft.Build,
                        "sources" => sources,
                        _ => null,
                    };
                    if (from is not null && from != target && from.Take(old[(dot + 1)..]) is { } moved)
                    {
                        target.Move(moved, key.Name);
                    }
                }
            }
        }

        sources.Close();
    }

    /// <summary>While the packages of the build had a key of their own, <c>build.packages</c> were those of the image.</summary>
    private static void MovePackages(Draft draft)
    {
        if (draft.Build.Take("build-packages") is not { } ofBuild)
        {
            return;
        }

        if (!draft.Run.Has("packages") && draft.Build.Take("packages") is { } ofImage)
        {
            draft.Run.Move(ofImage, "packages");
        }

        draft.Build.Move(ofBuild, "packages");
    }

    private static void MoveImage(Draft draft)
    {
        if (draft.Metadata.Peek("docker")?.Value is ScalarNode && draft.Metadata.Take("docker") is { } image)
        {
            draft.Build.Move(image, "base-image");
        }
    }

    private static void MoveBuilder(Draft draft)
    {
        MoveNode(draft.Build.Take("node-version"), draft.Build);
        if (draft.Root.Peek("profile") is { Value: TableNode } && draft.Root.Take("profile") is { } profile)
        {
            var fields = Fields.Open(profile.Value, _nothing, profile.Path, draft.Log);
            MoveNode(fields.Take("node"), draft.Build);
            fields.Close();
        }
    }

    private static void MoveNode(Field? version, Fields build)
    {
        if (version is not null && build.TextOf(version, version.Value) is { Length: > 0 } text)
        {
            var builder = new ScalarNode(version.Value.Position, ScalarKind.Text, "node-" + text.TrimStart('v', '='));
            build.Move(version with { Value = builder }, "builder");
        }
    }

    private static void MovePorts(Draft draft)
    {
        if (draft.Root.Take("ports") is { } field)
        {
            draft.Log.Add(ConfigProblems.OldSpelling(field.Path, "port"), field.At);
            PortBinder.Open(draft.Ports, field, draft.Log);
        }

        MoveWebPort(draft.Build.Take("expose"), draft);
        MoveWebPort(draft.Run.Take("container-port"), draft);
    }

    private static void MoveWebPort(Field? field, Draft draft)
    {
        if (field is not null)
        {
            var table = new TableNode(field.At, [new ConfigEntry("container", field.At, field.Value)]);
            draft.Ports.Move(new NamedValue("web", field.Path, field.At, table));
        }
    }

    private static void MoveEnv(Draft draft)
    {
        MoveVariables(draft.Root.Take("run-env"), draft.Env, draft.Log);
        MoveVariables(draft.Run.Take("env"), draft.Env, draft.Log);
        if (draft.Root.Take("assign") is { } assign)
        {
            foreach (var item in assign.Value is ListNode list ? list.Items : [assign.Value])
            {
                MoveAssignment(item, assign.Path, item.Position, draft);
            }
        }

        if (draft.Root.Take("instance") is not { } instance)
        {
            return;
        }

        foreach (var entry in (instance.Value as TableNode)?.Entries ?? [])
        {
            var path = $"{instance.Path}.{entry.Key}";
            if (KeyGroup.Fold(entry.Key) == "port")
            {
                MoveWebPort(new Field("port", path, entry.Position, entry.Value), draft);
            }
            else
            {
                MoveAssignment(entry.Value, path, entry.Position, draft);
            }
        }
    }

    /// <summary><c>{ key = "X", random_str = true }</c> is the variable X made by the rest of the table.</summary>
    private static void MoveAssignment(ConfigNode node, string path, Position at, Draft draft)
    {
        var entries = (node as TableNode)?.Entries ?? [];
        var key = entries.FirstOrDefault(entry => KeyGroup.Fold(entry.Key) == "key");
        if (key?.Value is not ScalarNode { Text: var name })
        {
            draft.Log.Add(ConfigProblems.Missing(path, "key"), at);
            return;
        }

        var rest = new TableNode(at, [.. entries.Where(entry => entry != key)]);
        draft.Env.Move(new NamedValue(name, path, at, rest));
    }

    private static void MoveProviders(Draft draft)
    {
        if (draft.Root.Take("resource") is { } resource)
        {
            draft.Log.Add(ConfigProblems.OldSpelling(resource.Path, "[[provider]]"), resource.At);
            draft.AddProviders(resource);
        }

        if (draft.Root.Take("addons") is { } addons)
        {
            foreach (var entry in (addons.Value as TableNode)?.Entries ?? [])
            {
                MoveAddon(entry, $"{addons.Path}.{entry.Key}", draft);
            }
        }

        foreach (var section in draft.Root.Left.Where(IsService).ToList())
        {
            draft.Root.Take(section.Key);
            draft.Log.Add(ConfigProblems.OldSpelling(section.Path, "[[provider]] with that name"), section.At);
            draft.Providers.Add(new ProviderDraft(section.Value, section.Path, section.At, section.Path));
        }
    }

    private static void MoveAddon(ConfigEntry entry, string path, Draft draft)
    {
        var module = entry.Key is "postgresql" ? "postgres" : entry.Key;
        var entries = (entry.Value as TableNode)?.Entries ?? [];
        var name = new ScalarNode(entry.Position, ScalarKind.Text, module);
        var type = new ConfigEntry("module-name", entry.Position, name);
        var node = new TableNode(entry.Position, [type, .. entries]);
        draft.Log.Add(ConfigProblems.OldSpelling(path, "[[provider]] with module-name"), entry.Position);
        draft.Providers.Add(new ProviderDraft(node, path, entry.Position, entry.Key));
    }

    /// <summary>An unknown section that says it is a service: <c>[database]</c> with <c>type</c> or
    /// <c>image</c>.</summary>
    private static bool IsService(Field field) =>
        ConfigCatalogue.Root.Find(field.Key) is null && field.Value is TableNode table
        && table.Entries.Any(entry => KeyGroup.Fold(entry.Key) is "type" or "image" or "module-name" or "plugin-name");
}
