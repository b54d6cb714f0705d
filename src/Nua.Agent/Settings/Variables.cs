using System.Collections;
using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Settings;

/// <summary>
/// The environment variables of a program, by name in byte order. Values are bytes, as <see cref="RawName"/> carries
/// them.
/// </summary>
internal sealed class Variables
{
    private readonly SortedDictionary<string, string> _values;

    public Variables() => _values = new(StringComparer.Ordinal);

    public Variables(Variables other) => _values = new(other._values, StringComparer.Ordinal);

    /// <summary>Null when not set. Setting null removes it.</summary>
    public string? this[string name]
    {
        get => _values.GetValueOrDefault(name);
        set
        {
            if (value is null)
            {
                _values.Remove(name);
            }
            else
            {
                _values[name] = value;
            }
        }
    }

    public IEnumerable<KeyValuePair<string, string>> All => _values;

    /// <summary>True when set to something other than nothing.</summary>
    public bool Has(string name) => !string.IsNullOrEmpty(this[name]);

    public void Default(string name, string value)
    {
        if (!Has(name))
        {
            _values[name] = value;
        }
    }

    /// <summary>A copy with some more.</summary>
    public Variables With(params ReadOnlySpan<(string Name, string? Value)> more)
    {
        var copy = new Variables(this);
        foreach (var (name, value) in more)
        {
            copy[name] = value;
        }

        return copy;
    }

    public List<string> ToEnviron()
    {
        var lines = new List<string>(_values.Count);
        foreach (var (name, value) in _values)
        {
            lines.Add($"{name}={value}");
        }

        return lines;
    }

    /// <summary>
    /// The agent's own. Read from the kernel, byte for byte, because .NET would replace what is not UTF-8.
    /// </summary>
    public static Variables Inherited()
    {
        var result = new Variables();
        try
        {
            ReadOnlySpan<byte> rest = File.ReadAllBytes("/proc/self/environ");
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf((byte)0);
                result.AddLine(RawName.FromBytes(end < 0 ? rest : rest[..end]));
                rest = end < 0 ? [] : rest[(end + 1)..];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            {
                result[(string)entry.Key] = (string?)entry.Value;
            }
        }

        result[Signals.SecondStart] = null;
        return result;
    }

    /// <summary>The first of two equal names counts, as for getenv().</summary>
    private void AddLine(string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
        {
            _values.TryAdd(line[..equals], line[(equals + 1)..]);
        }
    }
}
