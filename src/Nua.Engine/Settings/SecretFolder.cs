using Nua.Engine.Instances;
using Nua.Foundation.Durable;

namespace Nua.Engine.Settings;

/// <summary>The secrets of an instance, <c>secrets/NAME</c>: made or given once, durable, readable by the operator only.</summary>
public sealed class SecretFolder(InstanceFolder instance)
{
    private const uint PrivateFile = 0x180, PrivateFolder = 0x1C0;

    /// <summary>Paths by name.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        Directory.Exists(instance.Secrets)
            ? Directory.EnumerateFiles(instance.Secrets)
                .Where(path => !Path.GetFileName(path).StartsWith('.'))
                .ToDictionary(path => Path.GetFileName(path)!, StringComparer.Ordinal)
            : new Dictionary<string, string>();

    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>Null when there is none.</summary>
    public string? Read(string name) => Has(name) ? File.ReadAllText(PathOf(name)) : null;

    /// <summary>Durable when this returns. An earlier value is replaced.</summary>
    public void Write(string name, ReadOnlySpan<byte> value)
    {
        DurableFile.CreateDirectory(instance.Secrets, PrivateFolder);
        DurableFile.Replace(PathOf(name), value, PrivateFile);
    }

    private string PathOf(string name) => $"{instance.Secrets}/{name}";
}
