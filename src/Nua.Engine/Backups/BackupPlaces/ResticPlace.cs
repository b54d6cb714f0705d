using Nua.Foundation;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>
/// A snapshot in a restic repository. Each holds one file, <c>INSTANCE.tar.zst</c>, so that restic's own retention sees the backups of an
/// instance as one series; tags say which backup of which instance it is. How to get into the repository stands in restic's own variables.
/// </summary>
/// <param name="Repository">As restic spells it; empty: the one that restic's own variables name.</param>
/// <param name="Snapshot">Its id, whole or its first 8 digits; null: the newest of an instance.</param>
internal sealed record ResticPlace(string Repository, string? Snapshot) : BackupPlace
{
    public const string Prefix = "restic:";
    private const string Newest = "latest", Tag = "nua";
    private const int NoInput = 69, CannotWrite = 73;
    private static readonly TimeSpan _cleaning = TimeSpan.FromSeconds(30);

    public override string Text => Prefix + Repository + (Snapshot is null ? "" : ":" + Snapshot);

    public override bool? IsThere => null;

    internal override IReadOnlyList<string> Partial => [];

    /// <summary>In the snapshot; set by <see cref="Resolve"/>.</summary>
    private string? File { get; init; }

    /// <summary>The repository is no argument: arguments of a process can be read by everybody on the machine.</summary>
    private PlaceTool Tool => new("restic", PlaceTool.Locate("restic", "restic"), Text)
    {
        Environment = Repository.Length == 0
            ? new Dictionary<string, string?>()
            : new Dictionary<string, string?> { ["RESTIC_REPOSITORY"] = Repository, ["RESTIC_REPOSITORY_FILE"] = null },
        Remedy = "restic snapshots must work for the same user, with RESTIC_PASSWORD_FILE and the variables of its store; "
            + "restic init makes a repository",
    };

    /// <summary>The repository for a new backup.</summary>
    /// <param name="text">What follows the prefix.</param>
    /// <exception cref="ProblemException">NUA5145.</exception>
    public static ResticPlace ForNew(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        var server = start < 0 ? "" : text[(start + 3)..].Split('/')[0];
        if (server.LastIndexOf('@') is > 0 and var at && server[..at].Contains(':', StringComparison.Ordinal))
        {
            throw Malformed(
                $"{Prefix}{text[..start]}://…",
                "there is a password in it, which does not belong on a command line or in a list",
                "write the repository into a file, then: RESTIC_REPOSITORY_FILE=FILE nua … restic:");
        }

        // What is no address is a folder, and the next command may be given elsewhere.
        return new ResticPlace(text.Length == 0 || text.Contains(':', StringComparison.Ordinal) ? text : Path.GetFullPath(text), null);
    }

    /// <param name="text">What follows the prefix, and may end in a snapshot.</param>
    public static ResticPlace ParseSnapshot(string text)
    {
        var colon = text.LastIndexOf(':');
        var last = text[(colon + 1)..];
        var isSnapshot = colon >= 0 && (last == Newest || (last.Length is 8 or 64 && last.All(char.IsAsciiHexDigitLower)));
        return isSnapshot ? ForNew(text[..colon]) with { Snapshot = last == Newest ? null : last } : ForNew(text);
    }

    internal override void Prepare(CancellationToken cancel) =>
        Tool.Run(PlaceTool.Question, CannotWrite, cancel, "cat", "config", "--no-lock");

    internal override SentBackup Write(BackupWriter writer, string temporary, CancellationToken cancel)
    {
        var head = writer.Head;
        var tool = Tool;
        var file = $"{head.Instance}.tar.zst{(writer.IsEncrypted ? ".age" : "")}";
        try
        {
            var written = tool.Send(
                writer, temporary, cancel,
                "backup", "--stdin", "--stdin-filename", file, "--tag", Tag, "--tag", $"{Tag}-instance={head.Instance}",
                "--tag", $"{Tag}-sequence={head.Sequence}", "--tag", $"{Tag}-id={head.Id}");
            var found = List(CannotWrite, cancel, "--tag", $"{Tag}-id={head.Id}").SingleOrDefault()
                ?? throw NotWhole(Text, null, written.FileBytes);
            var size = SizeOf(found, cancel);
            return size == written.FileBytes
                ? new SentBackup(written, this with { Snapshot = found.Id })
                : throw NotWhole(Text, size, written.FileBytes);
        }
        catch
        {
            Discard(tool, head.Id);
            throw;
        }
    }

    internal override BackupPlace Resolve(string? instance, CancellationToken cancel)
    {
        var all = Snapshot is null ? List(NoInput, cancel, "--tag", Tag) : List(NoInput, cancel, Snapshot);
        var newest = ResticSnapshot.NewestOfEach(all);
        var chosen = newest.Find(found => found.Instance == instance) ?? (newest.Count == 1 ? newest[0] : null);
        if (chosen is not null)
        {
            return this with { Snapshot = chosen.Id, File = chosen.Path };
        }

        var choice = newest.Take(20).Select(found => $"{Prefix}{Repository}:{found.Id[..8]} ({Printable.Escape(found.Instance, 40)})");
        throw newest.Count == 0
            ? NotThere(Text, "nua has put no such snapshot into the repository", "restic snapshots --tag nua lists what is there")
            : NotThere(Text, "there are backups of several instances", $"give one: {string.Join(", ", choice)}");
    }

    internal override PlaceContent Open(CancellationToken cancel) => Tool.Fetch(cancel, "dump", "--no-lock", "--", Snapshot!, File!);

    /// <summary>The space is given back by restic's own <c>prune</c>.</summary>
    internal override void Remove(CancellationToken cancel) => Tool.Run(PlaceTool.Listing, CannotWrite, cancel, "forget", Snapshot!);

    private List<ResticSnapshot> List(int exitCode, CancellationToken cancel, params IReadOnlyList<string> which)
    {
        var answer = Tool.Run(PlaceTool.Listing, exitCode, cancel, ["snapshots", "--json", "--no-lock", .. which]).Output;
        return ResticSnapshot.ParseList(answer) ?? throw Tool.Failed("its list of snapshots cannot be read", null, exitCode);
    }

    private long? SizeOf(ResticSnapshot snapshot, CancellationToken cancel) =>
        ResticSnapshot.ParseSize(
            Tool.Run(PlaceTool.Listing, CannotWrite, cancel, "ls", "--json", "--no-lock", snapshot.Id).Output, snapshot.Path);

    /// <summary>A program that was ended has left no snapshot; one that failed at its end may have.</summary>
    private static void Discard(PlaceTool tool, string id)
    {
        try
        {
            var answer = tool.Try(
                _cleaning, CannotWrite, CancellationToken.None, "snapshots", "--json", "--no-lock", "--tag", $"{Tag}-id={id}");
            if (ResticSnapshot.ParseList(answer.Output) is { Count: 1 } left)
            {
                tool.Try(_cleaning, CannotWrite, CancellationToken.None, "forget", left[0].Id);
            }
        }
        catch (ProblemException)
        {
            // The first failure is the one to tell.
        }
    }
}
