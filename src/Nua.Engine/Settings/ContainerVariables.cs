using System.Net;
using System.Net.Sockets;
using Nua.Config;
using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Settings;

/// <summary>
/// The variables of an instance's containers, made when a container is: what the operator gave, what was generated, what other places say, and
/// last the names in braces. Values that are secret come from their files and go nowhere else.
/// </summary>
public sealed class ContainerVariables(AppContract contract, InstanceFolder folder, InstanceSettings settings)
{
    private readonly SecretFolder _secrets = new(folder, settings.SecretSet);

    /// <summary>What a binding's file is called where a configuration names a variable of a provider.</summary>
    private static readonly (string Ending, string File)[] _bindingFiles =
    [
        ("HOSTNAME", "host"), ("HOST", "host"), ("DOMAIN", "host"), ("PORT", "port"), ("USER", "username"), ("USERNAME", "username"),
        ("PASSWORD", "password"), ("DB", "database"), ("DATABASE", "database"), ("URI", "uri"), ("URL", "uri"),
    ];

    /// <summary>Complete, for <see cref="Engines.InstanceContainer.Env"/>.</summary>
    public SortedDictionary<string, string> All()
    {
        var raw = DynamicSetting.Texts(contract).ToList();
        foreach (var dynamic in DynamicSetting.Of(contract))
        {
            if (ValueOf(dynamic) is { } value)
            {
                raw.Add(KeyValuePair.Create(dynamic.Name, value));
            }
        }

        raw.AddRange(settings.Env);
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in EnvTemplates.Fill(raw))
        {
            all[name] = value;
        }

        // What the operator wrote is meant as it stands.
        foreach (var (name, value) in settings.Env)
        {
            all[name] = value;
        }

        return all;
    }

    /// <param name="coming">Names of secrets that are about to be written.</param>
    internal IEnumerable<Problem> Missing(IEnumerable<string> coming)
    {
        var known = coming.ToHashSet(StringComparer.Ordinal);
        return DynamicSetting.Of(contract)
            .Where(dynamic => !settings.Env.ContainsKey(dynamic.Name) && !known.Contains(dynamic.Name) && ValueOf(dynamic) is null)
            .Select(dynamic => new Problem("NUA5040", $"the image needs a value for '{Printable.Escape(dynamic.Name, 80)}'")
            {
                Why = dynamic switch
                {
                    { Kind: "key", From: { } from } => $"it is '{Printable.Escape(dynamic.Key!, 80)}' of '{Printable.Escape(from, 80)}', which is not bound",
                    { Kind: "key" } => $"it is '{Printable.Escape(dynamic.Key!, 80)}' of the application, which has no such variable or property",
                    { Kind: "nua_internal" } => "it is the password of a database of this machine",
                    _ => "the image does not say how to make it",
                },
                Remedy = dynamic.From is { } name
                    ? $"-e {Printable.Escape(dynamic.Name, 80)}=VALUE, or --binding {Printable.Escape(name, 80)}=FOLDER"
                    : $"-e {Printable.Escape(dynamic.Name, 80)}=VALUE",
            });
    }

    /// <summary>Null when nothing gives it.</summary>
    private string? ValueOf(DynamicSetting dynamic) => dynamic switch
    {
        { Kind: "key", From: null } => Own(dynamic.Key!, dynamic.Name),
        { Kind: "key", From: { } from } => OfVolume(from, dynamic.Key!) ?? OfBinding(from, dynamic.Key!),
        { Kind: "external_ip" } => ExternalAddress(),
        { Kind: "random", IsKept: true } => _secrets.Read(dynamic.Name),
        { Kind: "random" } => dynamic.IsNumber ? RandomText.Number() : RandomText.Password(dynamic.Length),
        _ => null,
    };

    private string? Own(string key, string asker) =>
        settings.Env.GetValueOrDefault(key)
        ?? DynamicSetting.Texts(contract).Where(pair => pair.Key == key).Select(pair => pair.Value).FirstOrDefault()
        ?? (DynamicSetting.Of(contract).FirstOrDefault(other => other.Name == key && other.Name != asker && other.Kind != "key") is { } made ? ValueOf(made) : null)
        ?? key switch
        {
            "hostname" or "container_name" or "label" or "label_id" => folder.Name.ToString(),
            "domain" => Uri.TryCreate(settings.Env.GetValueOrDefault("NUA_PUBLIC_URL"), UriKind.Absolute, out var url) ? url.Host : "localhost",
            "domain_realm" => Own("domain", asker) is { } domain && domain.Split('.') is { Length: > 2 } labels ? string.Join('.', labels.Skip(1)) : Own("domain", asker),
            "app_id" => contract.AppId,
            "version" => contract.Version,
            _ => null,
        };

    private string? OfVolume(string from, string key) =>
        contract.Volumes.FirstOrDefault(volume => volume.Name == from) is { } volume
            ? key switch
            {
                "target" => volume.Path,
                "name" or "full_name" => volume.Name,
                "type" => "managed",
                "driver" => "local",
                _ => null,
            }
            : null;

    private string? OfBinding(string from, string key)
    {
        if (!settings.Bindings.TryGetValue(from, out var path))
        {
            return null;
        }

        var upper = key.ToUpperInvariant();
        var names = _bindingFiles.Where(known => upper == known.Ending || upper.EndsWith("_" + known.Ending, StringComparison.Ordinal)).Select(known => known.File);
        return names.Prepend(key).Select(name => $"{path}/{Path.GetFileName(name)}").FirstOrDefault(File.Exists) is { } file
            ? File.ReadAllText(file).TrimEnd('\n')
            : null;
    }

    /// <summary>The address this machine would be seen with from outside; empty without a network. Nothing is sent: the kernel only chooses a route.</summary>
    internal static string ExternalAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(new IPAddress([192, 0, 2, 1]), 9));
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
