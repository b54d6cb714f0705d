using Nua.Engine.Backups.BackupPlaces;
using Nua.Foundation;
using Nua.Testing;

namespace Nua.Tests.Engine.Backups;

/// <summary>Programs that carry backups and do not do what they should. Each is a line of shell.</summary>
public sealed class PlaceTransferTests : IDisposable
{
    private static readonly byte[] _block = new byte[1 << 20];

    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Input_ends_only_when_it_is_complete()
    {
        const string whole = "cat >/dev/null; touch \"$0\"";
        using (var given = Sending(whole, _home["given-up"]))
        {
            given.Input.Write(_block);
        }

        using (var sent = Sending(whole, _home["sent"]))
        {
            sent.Input.Write(_block);
            sent.CompleteWriting();
        }

        Assert.Equal((false, true), (File.Exists(_home["given-up"]), File.Exists(_home["sent"])));
    }

    [Theory]
    [InlineData("head -c 100 >/dev/null; echo no room >&2; exit 3", "no room")]
    [InlineData("head -c 100 >/dev/null; exit 3", "ended with 3")]
    [InlineData("head -c 100 >/dev/null", "before it had taken everything")]
    [InlineData("exec 0</dev/null; sleep 60", "ended with")]
    [InlineData("kill -9 $$", "ended with 137")]
    public void Program_that_takes_no_more_is_told(string script, string why)
    {
        using var transfer = Sending(script);
        Assert.Throws<IOException>(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                transfer.Input.Write(_block);
            }
        });
        AssertFailed(transfer.WhyItTakesNoMore(), 73, why);
    }

    [Fact]
    public void Program_that_fails_at_the_end_fails_the_backup()
    {
        using var transfer = Sending("cat >/dev/null; echo quota >&2; exit 1");
        transfer.Input.Write(_block);
        Assert.Null(transfer.WhyItTakesNoMore());
        AssertFailed(Assert.Throws<ProblemException>(transfer.CompleteWriting), 73, "quota");
    }

    [Fact]
    public void Program_that_hangs_is_ended()
    {
        using var writing = Sending("exec sleep 60", patience: 200);
        Assert.Throws<IOException>(() => writing.Input.Write(_block));
        AssertFailed(writing.WhyItTakesNoMore(), 73, "nothing moved");

        using var reading = Fetching("echo begun; exec sleep 60", patience: 200);
        Assert.Equal("begun\n", new StreamReader(reading.Output).ReadToEnd());
        AssertFailed(Assert.Throws<ProblemException>(reading.CompleteReading), 69, "nothing moved");
    }

    [Fact]
    public void Cancelling_ends_a_program_that_blocks()
    {
        using var cancel = new CancellationTokenSource(200);
        using var writing = Sending("exec sleep 60", cancel: cancel.Token);
        Assert.Throws<IOException>(() => writing.Input.Write(_block));
        Assert.Throws<OperationCanceledException>(writing.CompleteWriting);
        using var reading = Fetching("exec sleep 60", cancel: cancel.Token);
        Assert.Equal(0, reading.Output.ReadByte() + 1);
        Assert.Throws<OperationCanceledException>(reading.CompleteReading);
    }

    [Fact]
    public void Output_that_ends_with_a_failure_is_no_end()
    {
        using var transfer = Fetching("echo half; echo gone >&2; exit 9");
        transfer.CompleteReading();
        Assert.Equal("half\n", new StreamReader(transfer.Output).ReadToEnd());
        AssertFailed(Assert.Throws<ProblemException>(transfer.CompleteReading), 69, "gone");
    }

    [Fact]
    public void Flood_of_messages_neither_blocks_nor_fills_memory()
    {
        using var transfer = Fetching("head -c 30000000 /dev/zero | tr '\\0' x >&2; echo last >&2; exit 1");
        Assert.Equal("", new StreamReader(transfer.Output).ReadToEnd());
        AssertFailed(Assert.Throws<ProblemException>(transfer.CompleteReading), 69, "last");
    }

    private static void AssertFailed(ProblemException? failure, int exitCode, string why)
    {
        Assert.Equal(("NUA5144", exitCode), (failure!.Problems[0].Code, failure.ExitCode));
        Assert.Contains(why, failure.Problems[0].Why, StringComparison.Ordinal);
    }

    private static PlaceTool Tool(int patience) =>
        new("sh", "/bin/sh", "place") { Remedy = "look", Patience = TimeSpan.FromMilliseconds(patience) };

    private static PlaceTransfer Sending(string script, string argument = "", int patience = 60_000, CancellationToken cancel = default) =>
        PlaceTransfer.Sending(Tool(patience), ["-c", script, argument], cancel);

    private static PlaceTransfer Fetching(string script, int patience = 60_000, CancellationToken cancel = default) =>
        PlaceTransfer.Fetching(Tool(patience), ["-c", script, ""], cancel);
}
