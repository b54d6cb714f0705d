namespace Nua.Config;

/// <summary>
/// Fills <c>{NAME}</c> in variables with the other variables of the same container. Names that are unknown stay;
/// <c>${NAME}</c> with a known NAME counts as <c>{NAME}</c>; variables that are made from each other stay as they are.
/// </summary>
public static class EnvTemplates
{
    /// <summary>The final value of every variable, in order.</summary>
    /// <param name="variables">Names and values, dynamic ones already resolved. Of a name that comes twice the last
    /// value counts.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Fill(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var list = variables.ToList();
        var filling = new Filling(list.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        return [.. list.Select(pair => KeyValuePair.Create(pair.Key, filling.ValueOf(pair.Key) ?? pair.Value))];
    }

    /// <summary>The variables whose value is settled by the configuration alone: static, and made from static ones
    /// only. These can stand in an image; the others need the operator.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Settled(IReadOnlyList<EnvEntry> env)
    {
        var filling = new Filling(env.Select(entry => KeyValuePair.Create(entry.Name, entry.Value)));
        var result = new List<KeyValuePair<string, string>>();
        foreach (var entry in env)
        {
            if (filling.ValueOf(entry.Name) is { } value)
            {
                result.Add(KeyValuePair.Create(entry.Name, value));
            }
        }

        return result;
    }

    /// <summary>The names of a cycle, beginning and ending with the same; null when there is none.</summary>
    internal static IReadOnlyList<string>? FindCycle(IReadOnlyList<EnvEntry> env)
    {
        var uses = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var entry in env)
        {
            uses[entry.Name] = Uses(entry);
        }

        var done = new HashSet<string>(StringComparer.Ordinal);
        return env.Select(entry => CycleFrom(entry.Name, uses, done)).FirstOrDefault(cycle => cycle is not null);
    }

    private static IReadOnlyList<string> Uses(EnvEntry entry)
    {
        if (entry.Dynamic is { Kind: "key", From: null, Key: { } key })
        {
            return [key];
        }

        return entry.Value is null ? [] : [.. BraceTemplate.Names(entry.Value).Select(brace => brace.Name)];
    }

    /// <summary>Depth first with a stack of its own: variables may be thousands.</summary>
    private static List<string>? CycleFrom(
        string start, Dictionary<string, IReadOnlyList<string>> uses, HashSet<string> done)
    {
        var path = new List<(string Name, int Next)> { (start, 0) };
        var open = new HashSet<string>(StringComparer.Ordinal) { start };
        while (path.Count > 0)
        {
            var (name, next) = path[^1];
            var names = uses.GetValueOrDefault(name, []);
            if (done.Contains(name) || next == names.Count)
            {
                done.Add(name);
                open.Remove(name);
                path.RemoveAt(path.Count - 1);
                continue;
            }

            path[^1] = (name, next + 1);
            var used = names[next];
            if (open.Contains(used))
            {
                return [.. path.Select(step => step.Name).SkipWhile(step => step != used), used];
            }

            if (!done.Contains(used))
            {
                open.Add(used);
                path.Add((used, 0));
            }
        }

        return null;
    }

    /// <summary>Values on demand. Null: unknown, dynamic, or in a cycle.</summary>
    private sealed class Filling
    {
        /// <summary>Variables in variables in variables; deeper ones count as not settled.</summary>
        private const int Deepest = 50;

        /// <summary>Characters of one value: the kernel takes no more in one variable.</summary>
        private const int Longest = 128 * 1024;

        /// <summary>Characters of all values together.</summary>
        private const int LongestTogether = 4 << 20;

        private readonly Dictionary<string, string?> _raw = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string?> _done = new(StringComparer.Ordinal);
        private int _depth;
        private long _total;

        public Filling(IEnumerable<KeyValuePair<string, string?>> variables)
        {
            foreach (var (name, value) in variables)
            {
                _raw[name] = value;
            }
        }

        public string? ValueOf(string name)
        {
            if (_done.TryGetValue(name, out var known))
            {
                return known;
            }

            if (_raw.GetValueOrDefault(name) is not { } raw || _depth >= Deepest)
            {
                return null;
            }

            // A variable met again while it is being made is in a cycle.
            _done[name] = null;
            _depth++;
            var isSettled = true;
            var length = 0L;
            var value = BraceTemplate.Fill(raw, brace =>
            {
                var inner = ValueOf(brace.Name);
                isSettled &= inner is not null || !_raw.ContainsKey(brace.Name);
                length += inner?.Length ?? 0;
                isSettled &= length <= Longest && _total + length <= LongestTogether;
                return isSettled ? inner : null;
            });
            _depth--;
            _total += value.Length;
            return _done[name] = isSettled ? value : null;
        }
    }
}
