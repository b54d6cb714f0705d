namespace Nua.Check.Scanning;

/// <summary>
/// The symbol versions of an ELF file (the GNU extension in the Linux Standard Base): what it defines, and what it asks of each library. Tables that
/// are damaged or lie beyond what was kept give nothing: then nothing is concluded.
/// </summary>
internal sealed class ElfVersions
{
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> NoNeeds = new Dictionary<string, IReadOnlyList<string>>();

    private const int MostEntries = 4096;
    private const int Weak = 2;

    public IReadOnlyList<string> Defined { get; private set; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Needed { get; private set; } = NoNeeds;

    public void Read(ElfFile.View view, long stringsAt, (long At, long Count) definitions, (long At, long Count) needs)
    {
        if (definitions is { At: >= 0, Count: > 0 and <= MostEntries })
        {
            Defined = ReadDefinitions(view, stringsAt, definitions);
        }

        if (needs is { At: >= 0, Count: > 0 and <= MostEntries })
        {
            Needed = ReadNeeds(view, stringsAt, needs);
        }
    }

    /// <summary>A definition's first name is its own; the others are versions that it continues.</summary>
    private static List<string> ReadDefinitions(ElfFile.View view, long stringsAt, (long At, long Count) table)
    {
        var names = new List<string>();
        var at = table.At;
        for (var i = 0; i < table.Count; i++)
        {
            var auxiliary = view.Number(at + 12, 4);
            var next = view.Number(at + 16, 4);
            var name = auxiliary < 0 ? -1 : view.Number(at + auxiliary, 4);
            if (name >= 0 && view.Text(stringsAt + name) is { } text)
            {
                names.Add(text);
            }

            if (next <= 0)
            {
                break;
            }

            at += next;
        }

        return names;
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadNeeds(ElfFile.View view, long stringsAt, (long At, long Count) table)
    {
        var needs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var at = table.At;
        var left = MostEntries;
        for (var i = 0; i < table.Count; i++)
        {
            var file = view.Number(at + 4, 4);
            var auxiliary = view.Number(at + 8, 4);
            var next = view.Number(at + 12, 4);
            if (file >= 0 && auxiliary > 0 && view.Text(stringsAt + file) is { } library)
            {
                needs[library] = ReadNames(view, stringsAt, at + auxiliary, ref left);
            }

            if (next <= 0)
            {
                break;
            }

            at += next;
        }

        return needs;
    }

    private static List<string> ReadNames(ElfFile.View view, long stringsAt, long at, ref int left)
    {
        var names = new List<string>();
        while (left-- > 0)
        {
            var flags = view.Number(at + 4, 2);
            var name = view.Number(at + 8, 4);
            var next = view.Number(at + 12, 4);
            if (name >= 0 && (flags & Weak) == 0 && view.Text(stringsAt + name) is { } text)
            {
                names.Add(text);
            }

            if (next <= 0)
            {
                break;
            }

            at += next;
        }

        return names;
    }
}
