using System.Globalization;
using Nua.Engine.Instances;
using Nua.Foundation.Durable;

namespace Nua.Engine.Settings;

/// <summary>
/// The secrets of an instance, <c>secrets/NAME</c>: made or given once, durable, readable by the operator only. When one is replaced, all go into a new
/// set, <c>secrets.N/NAME</c>, and the settings name it: so an upgrade that is undone has its old secrets again.
/// </summary>
/// <param name="set">As in <see cref="InstanceSettings.SecretSet"/>.</param>
public sealed class SecretFolder(InstanceFolder instance, int set)
{
    private const uint PrivateFile = 0x180, PrivateFolder = 0x1C0;

    /// <summary>Paths by name.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        Directory.Exists(Folder)
            ? Directory.EnumerateFiles(Folder)
                .Where(path => !Path.GetFileName(path).StartsWith('.'))
                .ToDictionary(path => Path.GetFileName(path)!, StringComparer.Ordinal)
            : new Dictionary<string, string>();

    private string Folder => set == 0 ? instance.Secrets : string.Create(CultureInfo.InvariantCulture, $"{instance.Secrets}.{set}");

    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>It is there with this very content.</summary>
    public bool Has(string name, ReadOnlySpan<byte> value) => Has(name) && value.SequenceEqual(File.ReadAllBytes(PathOf(name)));

    /// <summary>Null when there is none.</summary>
    public string? Read(string name) => Has(name) ? File.ReadAllText(PathOf(name)) : null;

    /// <summary>Durable when this returns. An earlier value is replaced.</summary>
    public void Write(string name, ReadOnlySpan<byte> value)
    {
        DurableFile.CreateDirectory(Folder, PrivateFolder);
        DurableFile.Replace(PathOf(name), value, PrivateFile);
    }

    /// <summary>A set of its own with all that is in this one.</summary>
    /// <returns>Its number; nobody uses it before settings with that number are committed.</returns>
    public int Copy()
    {
        var next = Sets(instance).Append(set).Max() + 1;
        var copy = new SecretFolder(instance, next);
        foreach (var (name, path) in Files)
        {
            copy.Write(name, File.ReadAllBytes(path));
        }

        return next;
    }

    /// <summary>Removes all sets but one: those that were replaced, and those of commands that failed.</summary>
    public static void Keep(InstanceFolder instance, int set)
    {
        foreach (var other in Sets(instance).Where(number => number != set).ToList())
        {
            Directory.Delete(new SecretFolder(instance, other).Folder, recursive: true);
        }
    }

    private static IEnumerable<int> Sets(InstanceFolder instance) =>
        Directory.EnumerateDirectories(instance.Path, Path.GetFileName(instance.Secrets) + "*")
            .Select(path => Path.GetFileName(path)[Path.GetFileName(instance.Secrets).Length..])
            .Select(end => end.Length == 0 ? 0 : end[0] == '.' && int.TryParse(end.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .Where(number => number >= 0);

    private string PathOf(string name) => $"{Folder}/{name}";
}
