using System.Security.Cryptography;
using System.Text;

namespace Nua.Check.Scanning;

/// <summary>
/// Learns from one file at a time while its bytes pass: its hash, whether it is a program or a script, what package
/// manager's record it is, which secrets are in it. Keeps whole only the few files that rules read; everything else is
/// forgotten at once.
/// </summary>
internal sealed class FileReading : IDisposable
{
    private const string FileList = "nua/metadata/files.json";
    private const int MostText = 1 << 20;
    private const int LongestFirstLine = 256;
    private const int LongestScript = 1 << 20;
    private const int LargestRecord = 8 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ElfBytes _elf = new();
    private readonly CheckOptions _options;
    private readonly byte[] _start = new byte[MostText];
    private int _startLength;
    private string _path = "";
    private bool _isElf;
    private MemoryStream? _whole;
    private long _length;
    private long _kept;

    public FileReading(CheckOptions options) => _options = options;

    /// <summary>Set when what rules would need of the file is larger than the limits; it was not kept.</summary>
    public string? TooLarge { get; private set; }

    /// <summary>Every path that Debian's packages brought.</summary>
    public PathSet PackagePaths { get; } = new();

    public void Begin(string path, long size)
    {
        _path = path;
        _startLength = 0;
        _isElf = false;
        _length = 0;
        _whole = null;
        TooLarge = null;
        _elf.Clear();
        var isDocument = IsDocument(path, size);
        var isFileList = path == FileList;
        if (isDocument || PackageRecords.IsRecord(path) || PackageRecords.IsFileList(path))
        {
            if (size > (isFileList ? _options.MostFileListBytes : isDocument ? _options.MostDocumentBytes : LargestRecord)
                || (isDocument && !isFileList && size > _options.MostKeptBytes - _kept))
            {
                TooLarge = path;
            }
            else
            {
                _whole = new MemoryStream((int)size);
            }
        }
    }

    public void Add(ReadOnlySpan<byte> chunk)
    {
        _hash.AppendData(chunk);
        if (_length == 0)
        {
            _isElf = ElfFile.HasMagic(chunk);
        }

        if (_isElf)
        {
            _elf.Add(chunk, _length);
        }
        else if (_startLength < MostText)
        {
            var room = Math.Min(chunk.Length, MostText - _startLength);
            chunk[..room].CopyTo(_start.AsSpan(_startLength));
            _startLength += room;
        }

        _whole?.Write(chunk);
        _length += chunk.Length;
    }

    public (UInt256 Hash, FileFacts Facts) End()
    {
        var facts = Facts();
        var hash = UInt256.From(_hash.GetHashAndReset());
        if (facts.IsNothing)
        {
            return (hash, FileFacts.Nothing);
        }

        _kept += _path == FileList ? 0 : facts.Weight;
        if (_kept > _options.MostKeptBytes)
        {
            TooLarge = _path;
            return (hash, FileFacts.Nothing);
        }

        return (hash, facts);
    }

    private FileFacts Facts()
    {
        // All of the bytes that were asked for, without a copy, unless the header lied about how many come.
        var content = _whole?.Length == _whole?.Capacity ? _whole?.GetBuffer() : _whole?.ToArray();
        var isDocument = content is not null && IsDocument(_path, _length);
        if (content is not null && PackageRecords.IsFileList(_path))
        {
            foreach (var line in content.AsSpan().Split((byte)'\n'))
            {
                PackagePaths.Add(content.AsSpan()[line].Trim((byte)'\r').TrimStart((byte)'/'));
            }
        }

        var start = _start.AsSpan(0, _startLength);
        var text = _isElf ? null : Text(start);
        return new FileFacts
        {
            Elf = _isElf ? ElfFile.Read(_elf) : null,
            Interpreter = FirstLine(start),
            Content = isDocument ? content : null,
            Secrets = text is null ? [] : SecretText.Kinds(text),
            Credential = text is not null && CredentialFiles.IsJudgedByText(_path) ? CredentialFiles.KindOf(_path, text)
                : null,
            Components = content is not null && PackageRecords.IsRecord(_path) ? PackageRecords.Read(_path, content)
                : [],
        };
    }

    public void Dispose()
    {
        _hash.Dispose();
        _whole?.Dispose();
    }

    /// <summary>Files whose text a rule reads.</summary>
    private static bool IsDocument(string path, long size) =>
        path.StartsWith("nua/metadata/", StringComparison.Ordinal)
        || (size <= LongestScript && path.StartsWith("nua/scripts/", StringComparison.Ordinal)
            && !path.StartsWith("nua/scripts/templates/", StringComparison.Ordinal))
        || path is "etc/passwd" or "etc/group" or "etc/ld.so.conf"
        || path.StartsWith("etc/ld.so.conf.d/", StringComparison.Ordinal);

    private static string? FirstLine(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("#!"u8))
        {
            return null;
        }

        var line = start[2..Math.Min(start.Length, LongestFirstLine)];
        var end = line.IndexOf((byte)'\n');
        return Encoding.Latin1.GetString(end < 0 ? line : line[..end]);
    }

    /// <summary>The beginning as text; null for an empty or a binary file.</summary>
    private static string? Text(ReadOnlySpan<byte> start) =>
        start.IsEmpty || start[..Math.Min(start.Length, 4096)].Contains((byte)0)
            ? null
            : Encoding.Latin1.GetString(start);
}
