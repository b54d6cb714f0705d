using Nua.Config.Catalogue;
using Nua.Config.Syntax;
using Nua.Foundation;

namespace Nua.Config.Binding;

/// <summary>Reads providers, which are small applications of their own, and what old files called resources.</summary>
internal static class ProviderBinder
{
    private static readonly string[] _operators = ["===", "==", "!=", "~=", ">=", "<=", ">", "<"];

    public static IReadOnlyList<ProviderConfig> Bind(
        IReadOnlyList<ProviderDraft> drafts, Metadata metadata, ProblemLog log)
    {
        var result = new List<ProviderConfig>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            if (Bind(draft, metadata, log) is not { } provider)
            {
                continue;
            }

            if (!names.Add(provider.Name))
            {
                log.Add(ConfigProblems.SameProvider(draft.Path, provider.Name), draft.At);
                continue;
            }

            result.Add(provider);
        }

        return result;
    }

    private static ProviderConfig? Bind(ProviderDraft draft, Metadata metadata, ProblemLog log)
    {
        var fields = Fields.Open(draft.Node, ConfigCatalogue.Provider, draft.Path, log);
        if (fields.IsEmpty)
        {
            log.Add(ConfigProblems.EmptyProvider(draft.Path), draft.At);
            return null;
        }

        var name = fields.Text("name") ?? (draft.Name is { Length: > 0 } place ? place : null);
        if (name is null)
        {
            log.Add(ConfigProblems.Missing(draft.Path, "name"), draft.At);
        }

        MoveType(fields);
        var build = fields.Table("build") ?? Fields.Empty(SectionKeys.Build, fields.PathOf("build"), log);
        foreach (var old in new[] { "base-image", "image" })
        {
            if (fields.Take(old) is { } image)
            {
                build.Move(image, "base-image");
            }
        }

        var run = fields.Table("run") ?? Fields.Empty(SectionKeys.Run, fields.PathOf("run"), log);
        var docker = new NamedValues(fields.PathOf("docker"), log);
        docker.Open(fields.Take("docker"));
        OldSpellings.MoveDockerOptions(run, docker);
        var env = new NamedValues(fields.PathOf("env"), log);
        env.Open(fields.Take("env"));
        OldSpellings.MoveVariables(run.Take("env"), env, log);
        var ports = new NamedValues(fields.PathOf("port"), log);
        PortBinder.Open(ports, fields.Take("port"), log);

        var provider = new ProviderConfig(name ?? "")
        {
            ModuleName = Module(fields),
            ModuleVersion = Versions(fields),
            Type = fields.Text("type"),
            Network = fields.Boolean("network"),
            Connector = fields.Names("connector"),
            Build = new BuildBinder(build, log).Bind(metadata),
            Run = SectionBinder.Run(run),
            Env = EnvBinder.Bind(env, log),
            Ports = PortBinder.Bind(ports, mustBePublic: false, log),
            Volumes = VolumeBinder.Bind(fields.Tables("volume"), log),
            Backup = VolumeBinder.Backup(fields.Table("backup")),
            DockerJson = docker.IsGiven ? FreeTable.ToJson(docker.ToTable(value => value.Name != "env")) : null,
        };
        fields.Close();
        CheckReferences(provider, env, ports, log);
        return name is null ? null : provider;
    }

    /// <summary>A provider sees its own variables and volumes, and no other provider.</summary>
    private static void CheckReferences(ProviderConfig provider, NamedValues env, NamedValues ports, ProblemLog log)
    {
        var variables = provider.Env.Select(entry => entry.Name).Concat(Modules.Variables(provider.ModuleName));
        var volumes = provider.Volumes.Select(volume => volume.Name).Concat(Modules.Volumes(provider.ModuleName));
        var references = new References(new Owner([.. variables], [.. volumes.OfType<string>()], []), log);
        references.CheckEnv(provider.Env, env);
        references.CheckPorts(provider.Ports, ports);
    }

    /// <summary>Old files named the module, or <c>docker</c>, as the type.</summary>
    private static void MoveType(Fields fields)
    {
        if (fields.Peek("type")?.Value is not ScalarNode { Text: var type })
        {
            return;
        }

        if (Modules.Names.Contains(type))
        {
            fields.Move(fields.Take("type")!, "module-name");
        }
        else if (type == "docker")
        {
            var old = fields.Take("type")!;
            fields.Log.Add(ConfigProblems.OldSpelling($"{old.Path} = docker", "docker-image"), old.At);
            fields.Put(old with { Value = new ScalarNode(old.Value.Position, ScalarKind.Text, "docker-image") });
        }
    }

    private static string? Module(Fields fields)
    {
        var field = fields.Peek("module-name");
        var module = fields.Text("module-name");
        if (module is not null && !Modules.Names.Contains(module))
        {
            var near = Suggestion.Nearest(module, Modules.Names);
            fields.Log.Add(ConfigProblems.UnknownModule(field!.Path, module, near), field.Value.Position);
        }

        return module;
    }

    private static string? Versions(Fields fields)
    {
        var field = fields.Peek("module-version");
        if (fields.Text("module-version") is not { } text)
        {
            return null;
        }

        if (IsVersion(text.Trim()))
        {
            var meant = $"=={text.Trim()}.*";
            Report(ConfigProblems.BareVersion(field!.Path, text, meant));
            return meant;
        }

        if (!text.Split(',').All(IsConstraint))
        {
            Report(ConfigProblems.BadVersions(field!.Path, text));
        }

        return text;

        void Report(Problem problem) => fields.Log.Add(problem, field!.Value.Position);
    }

    private static bool IsConstraint(string part)
    {
        var text = part.Trim();
        var comparison = _operators.FirstOrDefault(sign => text.StartsWith(sign, StringComparison.Ordinal));
        if (comparison is null)
        {
            return false;
        }

        var version = text[comparison.Length..].Trim();
        var anything = version.EndsWith(".*", StringComparison.Ordinal) && comparison is "==" or "!=";
        return IsVersion(anything ? version.Replace(".*", "", StringComparison.Ordinal) : version);
    }

    private static bool IsVersion(string text) =>
        text.Length > 0 && char.IsAsciiDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-' or '!');
}
