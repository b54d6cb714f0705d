using System.Text.Json;
using Nua.Foundation;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>
/// A file on whatever rclone reaches: S3 and what speaks like it, and some forty kinds of storage more. Which store a remote is
/// and how to get in stands in rclone's own configuration. While it is sent, the file has another name: not every kind of storage drops
/// what did not arrive whole.
/// </summary>
/// <param name="Remote">As rclone spells it: <c>REMOTE:PATH</c>.</param>
internal sealed record RclonePlace(string Remote) : BackupPlace
{
    public const string Prefix = "rclone:";
    private const int NotFound = 3, NoInput = 69, CannotWrite = 73;
    private static readonly TimeSpan _cleaning = TimeSpan.FromSeconds(30);

    public override string Text => Prefix + Remote;

    public override bool? IsThere => null;

    internal override IReadOnlyList<string> Partial => [];

    private string Part => Remote + ".part";

    /// <summary>It must not ask for the password of its configuration: its input is the backup.</summary>
    private PlaceTool Tool => new("rclone", PlaceTool.Locate("rclone", "rclone"), Text)
    {
        Environment = new Dictionary<string, string?> { ["RCLONE_ASK_PASSWORD"] = "false" },
        Remedy = $"rclone lsf '{Folder}' must work for the same user; rclone config sets a remote up",
    };

    private string Folder => Remote.LastIndexOf('/') is >= 0 and var slash ? Remote[..slash] : Remote[..(Remote.LastIndexOf(':') + 1)];

    /// <param name="text">What follows the prefix.</param>
    /// <exception cref="ProblemException">NUA5145.</exception>
    public static new RclonePlace Parse(string text)
    {
        const string remedy = "rclone config sets a remote up; then rclone:REMOTE:PATH";
        var end = text.IndexOf(':', Math.Min(1, text.Length));
        if (end < 0)
        {
            throw Malformed(Prefix + text, "what follows is rclone's name of a remote, a colon and a path there", remedy);
        }

        return text[..end].Contains(',', StringComparison.Ordinal)
            ? throw Malformed(
                Prefix + text[..text.IndexOf(',', StringComparison.Ordinal)],
                "options of a remote may hold secrets, which do not belong on a command line or in a list",
                remedy)
            : new RclonePlace(text);
    }

    /// <summary>The place of a new backup.</summary>
    /// <param name="text">A folder there, after the prefix.</param>
    public static RclonePlace ForNew(string text, string name)
    {
        var folder = Parse(text).Remote.TrimEnd('/');
        return new RclonePlace(folder.EndsWith(':') ? folder + name : $"{folder}/{name}");
    }

    internal override void Prepare(CancellationToken cancel) => Tool.Run(PlaceTool.Question, CannotWrite, cancel, "mkdir", "--", Folder);

    internal override SentBackup Write(BackupWriter writer, string temporary, CancellationToken cancel)
    {
        var tool = Tool;
        try
        {
            // rclone itself compares checksums with those of the store, where the store has any.
            var written = tool.Send(writer, temporary, cancel, "rcat", "--", Part);
            if (SizeOf(Part, CannotWrite, cancel) is var size && size != written.FileBytes)
            {
                throw NotWhole(Text, size, written.FileBytes);
            }

            tool.Run(PlaceTool.Work, CannotWrite, cancel, "moveto", "--", Part, Remote);
            return new SentBackup(written, this);
        }
        catch
        {
            Discard(tool);
            throw;
        }
    }

    /// <summary>A folder would come as all its files, one after the other.</summary>
    internal override BackupPlace Resolve(string? instance, CancellationToken cancel) => SizeOf(Remote, NoInput, cancel) is null
        ? throw NotThere(Text, "there is no file of that name", $"rclone lsf '{Folder}' lists what is there")
        : this;

    internal override PlaceContent Open(CancellationToken cancel) => Tool.Fetch(cancel, "cat", "--", Remote);

    internal override void Remove(CancellationToken cancel)
    {
        if (SizeOf(Remote, CannotWrite, cancel) is not null)
        {
            Tool.Run(PlaceTool.Listing, CannotWrite, cancel, "deletefile", "--", Remote);
        }
    }

    /// <summary>In bytes; null when there is no such file.</summary>
    private long? SizeOf(string remote, int exitCode, CancellationToken cancel)
    {
        var result = Tool.Try(
            PlaceTool.Listing, exitCode, cancel, "lsjson", "--stat", "--no-modtime", "--no-mimetype", "--", remote);
        if (result.Status is not (0 or NotFound))
        {
            throw Tool.Failed(result.ErrorTail(), result.Status, exitCode);
        }

        try
        {
            using var document = result.Status == 0 ? JsonDocument.Parse(result.Output) : null;
            return document is { RootElement: { ValueKind: JsonValueKind.Object } item } && !item.GetProperty("IsDir").GetBoolean()
                ? item.GetProperty("Size").GetInt64()
                : null;
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Tool.Failed("its answer about the file cannot be read", null, exitCode);
        }
    }

    /// <summary>As far as the store lets: what stays has a name that says what it is.</summary>
    private void Discard(PlaceTool tool)
    {
        try
        {
            tool.Try(_cleaning, CannotWrite, CancellationToken.None, "deletefile", "--retries", "1", "--", Part);
        }
        catch (ProblemException)
        {
            // The first failure is the one to tell.
        }
    }
}
