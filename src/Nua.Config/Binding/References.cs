using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Whom variables may read: the variables, volumes and providers of one container.</summary>
internal sealed record Owner(
    IReadOnlyCollection<string> Variables, IReadOnlyList<string> Volumes, IReadOnlyList<ProviderConfig> Providers);

/// <summary>Checks what the variables and ports of one container refer to.</summary>
internal sealed class References(Owner owner, ProblemLog log)
{
    private static readonly string[] _volumeKeys = ["target", "full_name", "name", "type", "driver"];

    /// <summary>What a container is known to have besides its variables.</summary>
    private static readonly string[] _properties =
    [
        "hostname", "domain", "domain_realm", "label", "label_id", "container_name", "image", "app_id", "nua_tag",
        "network_name",
    ];

    /// <summary>Variables every container gets.</summary>
    private static readonly string[] _given =
        ["PORT", "HOME", "TMPDIR", "NUA_PUBLIC_URL", "NUA_INSTANCE", "NUA_APP_ID"];

    private readonly HashSet<string> _variables = [.. owner.Variables, .. _given];

    public void CheckEnv(IReadOnlyList<EnvEntry> env, NamedValues written)
    {
        var places = written.Values.ToDictionary(value => value.Name, StringComparer.Ordinal);
        foreach (var entry in env)
        {
            var place = places[entry.Name];
            CheckDynamic(entry.Dynamic, place.Path, place.At);
            CheckBraces(entry.Value, place);
        }

        if (EnvTemplates.FindCycle(env) is { } cycle)
        {
            log.Add(ConfigProblems.Cycle(cycle), places[cycle[0]].At);
        }
    }

    public void CheckPorts(IReadOnlyList<PortConfig> ports, NamedValues written)
    {
        var places = written.Values.ToDictionary(value => value.Name, StringComparer.Ordinal);
        foreach (var port in ports)
        {
            var place = places[port.Name];
            CheckDynamic(port.ContainerFrom, place.Path + ".container", place.At);
            CheckDynamic(port.HostFrom, place.Path + ".host", place.At);
            CheckDynamic(port.ProxyFrom, place.Path + ".proxy", place.At);
        }
    }

    private void CheckDynamic(DynamicValue? value, string path, Position at)
    {
        if (value is not { Kind: "key", Key: { } key })
        {
            return;
        }

        if (value.From is not { } from)
        {
            CheckKey(key, [.. _properties, .. _variables], "the application", path, at);
        }
        else if (owner.Volumes.Contains(from))
        {
            CheckKey(key, _volumeKeys, $"the volume {from}", path, at);
        }
        else if (owner.Providers.FirstOrDefault(provider => provider.Name == from) is { } provider)
        {
            var variables = provider.Env.Select(entry => entry.Name).Concat(Modules.Variables(provider.ModuleName));
            CheckKey(key, [.. _properties, .. variables], $"the provider {from}", path, at);
        }
        else
        {
            var names = owner.Volumes.Concat(owner.Providers.Select(other => other.Name));
            log.Add(ConfigProblems.UnknownFrom(path, from, Suggestion.Nearest(from, names)), at);
        }
    }

    private void CheckKey(string key, IReadOnlyCollection<string> known, string whose, string path, Position at)
    {
        if (!known.Contains(key))
        {
            var near = log.IsFull ? null : Suggestion.Nearest(key, known);
            log.Add(ConfigProblems.UnknownFromKey(path, key, whose, near), at);
        }
    }

    private void CheckBraces(string? text, NamedValue place)
    {
        if (text is null || !text.Contains('{', StringComparison.Ordinal))
        {
            return;
        }

        foreach (var brace in BraceTemplate.Names(text))
        {
            var isKnown = _variables.Contains(brace.Name);
            if (isKnown && brace.AfterDollar)
            {
                log.Add(ConfigProblems.DollarVariable(place.Path, brace.Name), place.At);
            }
            else if (!isKnown)
            {
                var near = log.IsFull ? null : Suggestion.Nearest(brace.Name, _variables);
                log.Add(ConfigProblems.UnknownVariable(place.Path, brace.Name, near), place.At);
            }
        }
    }
}
