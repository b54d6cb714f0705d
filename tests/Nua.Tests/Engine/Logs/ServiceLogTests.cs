using System.Text;
using Nua.Engine.Logs;
using Nua.Testing;
using Nua.Tests.Engine.Operations;

namespace Nua.Tests.Engine.Logs;

public sealed class ServiceLogTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_kept_whole_with_time_and_source()
    {
        using var log = new ServiceLog(_folder.Path, TimeProvider.System);
        log.Write("out", "one\ntw"u8);
        log.Write("err", "oops\n"u8);
        log.Write("out", "o\nrest"u8);
        log.Say("stopped");
        log.EndLines();

        var lines = new LogReader(_folder.Path).Read(last: null).ToList();

        Assert.Equal(["out one", "err oops", "out two", "nua stopped", "out rest"], lines.Select(line => $"{line.Tag} {line.Text}"));
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line.Time));
        Assert.Equal(["stopped", "rest"], new LogReader(_folder.Path).Read(2).Select(line => line.Text));
    }

    [Fact]
    public void Lines_stay_in_the_order_they_were_written_in_when_the_clock_is_set_back()
    {
        var time = new HurryingTime { SetBack = TimeSpan.FromDays(1) };
        using var log = new ServiceLog(_folder.Path, time);
        var block = new string('x', 10_000);
        for (var i = 0; i < 1000; i++)
        {
            log.Say($"{i} {block}");
        }

        var lines = new LogReader(_folder.Path).Read(last: null).ToList();

        Assert.Equal(Enumerable.Range(0, 1000), lines.Select(line => int.Parse(line.Text.Split(' ')[0])));
        Assert.Equal(lines.Select(line => line.Time).OrderDescending(StringComparer.Ordinal), lines.Select(line => line.Time));
        Assert.True(Directory.GetFiles(_folder.Path).Length > 1);
    }

    [Fact]
    public void Flood_is_bounded_and_the_end_of_it_is_kept()
    {
        using var log = new ServiceLog(_folder.Path, TimeProvider.System);
        var block = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        for (var i = 0; i < 50; i++)
        {
            log.Write("out", block);
        }

        log.Write("out", "\nlast\n"u8);

        var files = Directory.GetFiles(_folder.Path);
        Assert.Equal(LogFiles.Count, files.Length);
        Assert.All(files, file => Assert.True(new FileInfo(file).Length <= LogFiles.LargestFile + (2 << 20), file));
        Assert.Equal("last", new LogReader(_folder.Path).Read(1).Single().Text);
        Assert.All(new LogReader(_folder.Path).Read(3), line => Assert.True(line.Text.Length <= LogFiles.LongestLine));
    }

    [Fact]
    public async Task Follower_sees_what_comes_after_a_rotation_too()
    {
        using var log = new ServiceLog(_folder.Path, TimeProvider.System);
        log.Say("before");
        var seen = new List<string>();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var following = new LogReader(_folder.Path).FollowAsync(null, line =>
        {
            seen.Add(line.Text);
            if (line.Text == "end")
            {
                stop.Cancel();
            }
        }, stop.Token);
        log.Say("now");
        var line = Encoding.ASCII.GetBytes(new string('y', 10_000) + "\n");
        for (var i = 0; i < 900; i++)
        {
            log.Write("out", line);
        }

        log.Say("end");
        await following;

        Assert.Equal("before", seen[0]);
        Assert.Contains("now", seen);
        Assert.Equal("end", seen[^1]);
    }

    [Fact]
    public void Folder_that_cannot_be_written_stops_nobody()
    {
        using var log = new ServiceLog(_folder["missing"], TimeProvider.System);
        log.Write("out", "lost\n"u8);
        log.Say("lost too");
        Assert.Empty(new LogReader(_folder["missing"]).Read(last: null));
    }
}
