using Nua.Engine.Contracts;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Settings;
using Nua.Oci;
using Nua.Oci.Storage;

namespace Nua.Engine.Operations;

/// <summary>From a release, a generation and settings to what an engine runs: the same environment for the application and for every verb.</summary>
public sealed class Containers(ImageStore store, InstanceFolder folder)
{
    /// <summary>Passed through from the operator (lifecycle contract, variables).</summary>
    private static readonly string[] _inherited =
        ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "TZ"];

    private readonly Dictionary<string, (Image Image, AppContract Contract)> _opened = new(StringComparer.Ordinal);

    /// <exception cref="ProblemException">the image is not in the store, or is none that operates itself (NUA5020 to NUA5022).</exception>
    public (Image Image, AppContract Contract) Open(Release release)
    {
        if (!_opened.TryGetValue(release.Image, out var opened))
        {
            var image = store.OpenImage(release.Image);
            opened = (image, AppContract.Of(image));
            _opened[release.Image] = opened;
        }

        return opened;
    }

    public AppContract Contract(Release release) => Open(release).Contract;

    public Service Service(Release release, int generation, InstanceSettings settings, string reason)
    {
        var (image, contract) = Open(release);
        return new Service
        {
            Instance = folder,
            Image = image,
            Contract = contract,
            Env = Env(release, settings, reason, isEmpty: false),
            Volumes = Volumes(contract.Volumes, generation, isReadOnly: false),
            Secrets = new SecretFolder(folder, settings.SecretSet).Files,
            Bindings = settings.Bindings,
            Memory = settings.Memory,
            Cpus = settings.Cpus,
            HasNetwork = settings.HasNetwork,
            Ports = [.. settings.Ports.Select(PublishedPort.Parse)],
            Generation = generation,
        };
    }

    /// <param name="isEmpty">The generation holds nothing yet, and that is right.</param>
    public VerbRun Verb(SwitchVerb verb, int generation, InstanceSettings settings, bool isEmpty)
    {
        var (image, contract) = Open(verb.Release);
        var env = Env(verb.Release, settings, verb.Reason, isEmpty);
        env["NUA_TIMEOUT"] = verb.TimeLimit.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (name, value) in verb.Env)
        {
            env[name] = value;
        }

        var volumes = verb.Reads is null ? contract.Volumes : [.. contract.Volumes.Where(volume => volume.IsCache || HasData(verb.Reads, volume.Name))];
        return new VerbRun
        {
            Instance = folder,
            Image = image,
            Contract = contract,
            Env = env,
            Volumes = [.. Volumes(volumes, generation, verb.Reads is not null), .. verb.Mounts],
            Secrets = new SecretFolder(folder, settings.SecretSet).Files,
            Bindings = settings.Bindings,
            Memory = settings.Memory,
            Cpus = settings.Cpus,
            HasNetwork = settings.HasNetwork,
            Verb = verb.Words,
            TimeLimit = TimeSpan.FromSeconds(verb.TimeLimit),
            WantsResult = true,
        };
    }

    private SortedDictionary<string, string> Env(Release release, InstanceSettings settings, string reason, bool isEmpty)
    {
        var env = new ContainerVariables(Contract(release), folder, settings).All();
        foreach (var name in _inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                env.TryAdd(name, value);
            }
        }

        if (settings.Ports.Count > 0 && PublishedPort.Parse(settings.Ports[0]) is var port)
        {
            env.TryAdd("NUA_PUBLIC_URL", $"http://{(port.Address.Equals(System.Net.IPAddress.Any) ? "127.0.0.1" : port.Address)}:{port.Host}");
        }

        env["NUA_INSTANCE"] = folder.Name.ToString();
        env["NUA_REASON"] = reason;
        env["NUA_IMAGE_DIGEST"] = release.Image;
        env["NUA_DATA_EXPECTED"] = isEmpty ? "empty" : "existing";
        return env;
    }

    private bool HasData(Release release, string volume) => Contract(release).Volumes.Any(own => own.Name == volume && !own.IsCache);

    private IReadOnlyList<VolumeMount> Volumes(IReadOnlyList<ContractVolume> volumes, int generation, bool isReadOnly) =>
    [
        .. volumes.Select(volume => volume.IsCache
            ? new VolumeMount(folder.Cache(volume.Name), volume.Path)
            : new VolumeMount(folder.Volume(generation, volume.Name), volume.Path, isReadOnly)),
    ];
}
