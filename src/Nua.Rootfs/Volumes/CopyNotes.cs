using Nua.Foundation;

namespace Nua.Rootfs.Volumes;

/// <summary>Collects what a copy could not keep: each kind of attribute once, the first hundred names that were left out, and how many in all.</summary>
internal sealed class CopyNotes
{
    private const int Most = 100;

    private readonly Lock _turn = new();
    private readonly SortedDictionary<string, Problem> _attributes = new(StringComparer.Ordinal);
    private readonly List<Problem> _leftOut = [];
    private int _more;

    public void LeftOut(string path, string what)
    {
        lock (_turn)
        {
            if (_leftOut.Count >= Most)
            {
                _more++;
                return;
            }

            _leftOut.Add(new Problem("NUA4070", $"'{Printable.Escape(path, 300)}' was left out")
            {
                Severity = Severity.Warning,
                Why = $"it is {what}: it means something only while its program runs",
            });
        }
    }

    public void Attribute(string name, string path, string why)
    {
        lock (_turn)
        {
            if (_attributes.Count < Most)
            {
                _attributes.TryAdd(name, new Problem("NUA4071", $"the attribute '{Printable.Escape(name, 100)}' was not kept")
                {
                    Severity = Severity.Warning,
                    Where = Printable.Escape(path, 300),
                    Why = why,
                });
            }
        }
    }

    public IReadOnlyList<Problem> ToList()
    {
        lock (_turn)
        {
            List<Problem> all = [.. _leftOut, .. _attributes.Values];
            if (_more > 0)
            {
                all.Add(new Problem("NUA4072", $"{_more} more sockets and devices were left out") { Severity = Severity.Warning });
            }

            return all;
        }
    }
}
