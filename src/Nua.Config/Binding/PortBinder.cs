using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Reads named ports, and the old list form whose items hold a name or go by their container port.</summary>
internal static class PortBinder
{
    /// <summary>The values of a section, whichever of the two forms it has.</summary>
    public static void Open(NamedValues ports, Field? field, ProblemLog log)
    {
        if (field?.Value is not ListNode list)
        {
            ports.Open(field);
            return;
        }

        log.Add(ConfigProblems.OldSpelling(field.Path, $"{ports.Path}.NAME"), field.At);
        for (var i = 0; i < list.Items.Count; i++)
        {
            var item = list.Items[i];
            ports.Add(new NamedValue(NameIn(item, i, ports), $"{field.Path}[{i}]", item.Position, item));
        }
    }

    /// <param name="mustBePublic">Every port but <c>web</c> needs <c>host</c> or <c>proxy</c>; not so in a
    /// provider.</param>
    public static IReadOnlyList<PortConfig> Bind(NamedValues ports, bool mustBePublic, ProblemLog log)
    {
        var result = new List<PortConfig>();
        var taken = new Dictionary<(int, string), string>();
        foreach (var named in ports.Values)
        {
            if (Bind(named, log) is not { } port)
            {
                continue;
            }

            var isPrivate = port is { Host: null, HostFrom: null, Proxy: null, ProxyFrom: null };
            if (mustBePublic && isPrivate && port.Name != "web")
            {
                log.Add(ConfigProblems.PrivatePort(named.Path), named.At);
            }

            if (port.Container is { } number && !taken.TryAdd((number, port.Protocol), named.Path))
            {
                log.Add(ConfigProblems.SamePort(named.Path, taken[(number, port.Protocol)]), named.At);
            }

            result.Add(port);
        }

        return result;
    }

    private static PortConfig? Bind(NamedValue named, ProblemLog log)
    {
        var fields = Fields.Open(named.Value, SectionKeys.Port, named.Path, log);
        if (named.Value is not TableNode)
        {
            return null;
        }

        if (!fields.Has("container"))
        {
            log.Add(ConfigProblems.Missing(named.Path, "container"), named.At);
        }

        // Old files said "auto" for what is now the default.
        if (fields.Peek("host") is { Value: ScalarNode { Text: "auto" } } host)
        {
            log.Add(ConfigProblems.Retired(host.Path, "an absent key lets the operator choose"), host.At);
            fields.Take("host");
        }

        var (container, containerFrom) = Number(fields, "container");
        var (outside, outsideFrom) = Number(fields, "host");
        var (proxy, proxyFrom) = Number(fields, "proxy");
        var port = new PortConfig(named.Name)
        {
            Container = container,
            ContainerFrom = containerFrom,
            Host = outside,
            HostFrom = outsideFrom,
            Proxy = proxy,
            ProxyFrom = proxyFrom,
            Protocol = fields.Text("protocol") ?? "tcp",
            Ssl = fields.Boolean("ssl") ?? true,
        };
        fields.Close();
        return port;
    }

    private static (int? Number, DynamicValue? From) Number(Fields fields, string key)
    {
        if (fields.Take(key) is not { } field)
        {
            return (null, null);
        }

        return field.Value is TableNode
            ? (null, DynamicBinder.Bind(new NamedValue(key, field.Path, field.At, field.Value), fields.Log))
            : (fields.IntegerOf(field, field.Value), null);
    }

    /// <summary>The item's name, else its container port; the index tells two of the same number apart (53 over tcp
    /// and udp).</summary>
    private static string NameIn(ConfigNode item, int index, NamedValues taken)
    {
        var entries = (item as TableNode)?.Entries ?? [];
        if (entries.FirstOrDefault(entry => entry.Key == "name")?.Value is ScalarNode name)
        {
            return name.Text;
        }

        var port = entries.FirstOrDefault(entry => entry.Key == "container")?.Value as ScalarNode;
        var number = port?.Text ?? "port";
        return taken.Has(number) ? $"{number}-{index}" : number;
    }
}
