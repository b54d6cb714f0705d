using System.Buffers.Binary;
using System.Text;

namespace Nua.Check.Scanning;

/// <summary>What the loader needs to know about an ELF file, read without running anything.</summary>
/// <param name="Machine">The <c>e_machine</c> number: 62 is x86-64, 183 is AArch64.</param>
/// <param name="Interpreter">The loader's absolute path; null for static programs and for libraries.</param>
/// <param name="Needed">Shared libraries as named in the file (<c>DT_NEEDED</c>), in order.</param>
/// <param name="SearchPath">Directories of <c>DT_RUNPATH</c>, else <c>DT_RPATH</c>, with <c>$ORIGIN</c> still in
/// them.</param>
/// <param name="IsComplete">False when the tables lie beyond what was kept of the file, or are damaged: then nothing is
/// concluded.</param>
public sealed record ElfFile(
    bool Is64Bit,
    bool IsLittleEndian,
    ushort Machine,
    string? Interpreter,
    IReadOnlyList<string> Needed,
    IReadOnlyList<string> SearchPath,
    bool IsComplete)
{
    /// <summary>Symbol versions that each library must define (<c>libc.so.6</c> → <c>GLIBC_2.34</c>…), weak ones left out.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> VersionsNeeded { get; init; } = ElfVersions.NoNeeds;

    /// <summary>Symbol versions that this library defines; empty when it has none at all.</summary>
    public IReadOnlyList<string> VersionsDefined { get; init; } = [];

    /// <summary>False for a program of FreeBSD or the like (<c>EI_OSABI</c>): Linux loads System V (0) and GNU (3).</summary>
    public bool IsForLinux { get; init; } = true;

    private const int LoadSegment = 1;
    private const int DynamicSegment = 2;
    private const int InterpreterSegment = 3;
    private const int MostSegments = 256;
    private const int MostDynamicEntries = 4096;

    private static readonly Dictionary<string, ushort> _machines = new(StringComparer.Ordinal)
    {
        ["386"] = 3,
        ["ppc64le"] = 21,
        ["s390x"] = 22,
        ["arm"] = 40,
        ["amd64"] = 62,
        ["arm64"] = 183,
        ["riscv64"] = 243,
        ["loong64"] = 258,
    };

    public static bool HasMagic(ReadOnlySpan<byte> start) => start.StartsWith("\u007fELF"u8);

    /// <summary>The machine number for an architecture in OCI's spelling; null when it is not one we know.</summary>
    public static ushort? MachineOf(string architecture) =>
        _machines.TryGetValue(architecture, out var machine) ? machine : null;

    /// <summary>The architecture in OCI's spelling, else <c>machine N</c>.</summary>
    public string Architecture =>
        _machines.FirstOrDefault(pair => pair.Value == Machine).Key ?? $"machine {Machine}";

    /// <summary>Reads the headers and the dynamic table. Never throws: what cannot be read leaves
    /// <see cref="IsComplete"/> false.</summary>
    public static ElfFile? Read(ElfBytes bytes)
    {
        var head = bytes.Head;
        if (!HasMagic(head) || head.Length < 52)
        {
            return null;
        }

        var view = new View(bytes, head[4] == 2, head[5] == 1);
        var machine = (ushort)view.Number(18, 2);
        var segments = Segments(view);
        if (segments is null)
        {
            return new ElfFile(view.Wide, view.Little, machine, null, [], [], IsComplete: false);
        }

        var interpreterAt = segments.Find(s => s.Type == InterpreterSegment);
        var interpreter = interpreterAt is null ? null : view.Text(interpreterAt.Offset);
        var isComplete = interpreterAt is null || interpreter is not null;
        var needed = new List<string>();
        var search = new List<string>();
        var versions = new ElfVersions();
        if (segments.Find(s => s.Type == DynamicSegment) is { } dynamic)
        {
            isComplete &= ReadDynamic(view, segments, dynamic, needed, search, versions);
        }

        return new ElfFile(view.Wide, view.Little, machine, interpreter, needed, search, isComplete)
        {
            VersionsNeeded = versions.Needed,
            VersionsDefined = versions.Defined,
            IsForLinux = head[7] is 0 or 3,
        };
    }

    /// <summary>Where the dynamic table is, so that a reader of a stream can keep it; null when there is none or it
    /// cannot be told yet.</summary>
    public static (long Offset, long Size)? DynamicTable(ReadOnlySpan<byte> head)
    {
        if (!HasMagic(head) || head.Length < 64)
        {
            return null;
        }

        var bytes = new ElfBytes();
        bytes.Add(head[..Math.Min(head.Length, 64 << 10)], 0);
        var dynamic = Segments(new View(bytes, head[4] == 2, head[5] == 1))?.Find(s => s.Type == DynamicSegment);
        return dynamic is null ? null : (dynamic.Offset, dynamic.Size);
    }

    private static List<Segment>? Segments(View view)
    {
        var start = view.Number(view.Wide ? 32 : 28, view.Word);
        var size = (int)view.Number(view.Wide ? 54 : 42, 2);
        var count = (int)view.Number(view.Wide ? 56 : 44, 2);
        if (start < 0 || count is < 0 or > MostSegments || (count > 0 && size < (view.Wide ? 56 : 32)))
        {
            return null;
        }

        var result = new List<Segment>(count);
        for (var i = 0; i < count; i++)
        {
            var at = start + ((long)i * size);
            var type = view.Number(at, 4);
            var offset = view.Number(at + (view.Wide ? 8 : 4), view.Word);
            var address = view.Number(at + (view.Wide ? 16 : 8), view.Word);
            var length = view.Number(at + (view.Wide ? 32 : 16), view.Word);
            if (type < 0 || offset < 0 || length < 0)
            {
                return null;
            }

            result.Add(new Segment((int)type, offset, address, length));
        }

        return result;
    }

    private static bool ReadDynamic(
        View view, List<Segment> segments, Segment dynamic, List<string> needed, List<string> search, ElfVersions versions)
    {
        const int End = 0, Needed = 1, StringTable = 5, RPath = 15, RunPath = 29;
        const int Definitions = 0x6ffffffc, DefinitionCount = 0x6ffffffd, Needs = 0x6ffffffe, NeedCount = 0x6fffffff;
        long stringsAt = -1, rpath = -1, runPath = -1;
        (long At, long Count) definitions = (-1, 0), needs = (-1, 0);
        var names = new List<long>();
        var count = Math.Min(dynamic.Size / (2 * view.Word), MostDynamicEntries);
        for (var i = 0; i < count; i++)
        {
            var at = dynamic.Offset + (i * 2L * view.Word);
            var tag = view.Number(at, view.Word);
            var value = view.Number(at + view.Word, view.Word);
            switch (tag)
            {
                case Needed: names.Add(value); break;
                case StringTable: stringsAt = FileOffset(segments, value); break;
                case RPath: rpath = value; break;
                case RunPath: runPath = value; break;
                case Definitions: definitions.At = FileOffset(segments, value); break;
                case DefinitionCount: definitions.Count = value; break;
                case Needs: needs.At = FileOffset(segments, value); break;
                case NeedCount: needs.Count = value; break;
            }

            if (tag == End || tag < 0)
            {
                break;
            }
        }

        if (stringsAt < 0)
        {
            return names.Count == 0 && count > 0;
        }

        foreach (var name in names)
        {
            if (view.Text(stringsAt + name) is not { } library)
            {
                return false;
            }

            needed.Add(library);
        }

        versions.Read(view, stringsAt, definitions, needs);
        if ((runPath >= 0 ? runPath : rpath) is >= 0 and var path)
        {
            search.AddRange((view.Text(stringsAt + path) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries));
        }

        return true;
    }

    private static long FileOffset(List<Segment> segments, long address)
    {
        foreach (var segment in segments)
        {
            if (segment.Type == LoadSegment && address >= segment.Address && address - segment.Address < segment.Size)
            {
                return segment.Offset + (address - segment.Address);
            }
        }

        return -1;
    }

    private sealed record Segment(int Type, long Offset, long Address, long Size);

    /// <summary>Numbers and strings at file offsets; -1 or null where the bytes were not kept.</summary>
    internal sealed record View(ElfBytes Bytes, bool Wide, bool Little)
    {
        public int Word => Wide ? 8 : 4;

        public long Number(long offset, int size)
        {
            if (Bytes.At(offset, size) is not { Length: > 0 } span)
            {
                return -1;
            }

            return size switch
            {
                2 => Little ? BinaryPrimitives.ReadUInt16LittleEndian(span)
                    : BinaryPrimitives.ReadUInt16BigEndian(span),
                4 => Little ? BinaryPrimitives.ReadUInt32LittleEndian(span)
                    : BinaryPrimitives.ReadUInt32BigEndian(span),
                _ => Little ? BinaryPrimitives.ReadInt64LittleEndian(span) : BinaryPrimitives.ReadInt64BigEndian(span),
            };
        }

        public string? Text(long offset)
        {
            var rest = Bytes.From(offset, 4096);
            var end = rest.IndexOf((byte)0);
            return end < 0 ? null : Encoding.Latin1.GetString(rest[..end]);
        }
    }
}
