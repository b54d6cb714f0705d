using System.Text;
using Nua.Engine.Engines.Docker;
using Nua.Engine.Logs;

namespace Nua.Tests.Engine.Engines.Docker;

public sealed class StampedLinesTests
{
    [Fact]
    public void Lines_come_whole_however_the_bytes_are_cut()
    {
        var text = Encoding.UTF8.GetBytes("2026-01-31T09:30:00.120000000Z one wörd\n2026-01-31T09:30:01.5Z \n2026-01-31T11:30:02.000000001+02:00 last");
        for (var at = 0; at < text.Length; at++)
        {
            var seen = Read(text[..at], text[at..]);
            Assert.Equal(["one wörd", "", "last"], seen.Select(line => line.Text));
            Assert.Equal(
                ["2026-01-31T09:30:00.120000000Z", "2026-01-31T09:30:01.500000000Z", "2026-01-31T09:30:02.000000001Z"], seen.Select(line => line.Time));
        }
    }

    [Fact]
    public void Endless_line_is_cut_and_keeps_its_time()
    {
        var seen = Read(Encoding.UTF8.GetBytes("2026-01-31T09:30:00Z " + new string('x', 40_000)));
        Assert.Equal(3, seen.Count);
        Assert.All(seen, line => Assert.Equal("2026-01-31T09:30:00.000000000Z", line.Time));
        Assert.Equal(40_000, seen.Sum(line => line.Text.Length));
    }

    [Fact]
    public void Line_in_pieces_has_the_time_of_the_first()
    {
        var seen = Read("2026-01-31T09:30:00Z one"u8.ToArray(), "2026-01-31T09:30:01Z  more"u8.ToArray(), "2026-01-31T09:30:02Z \n"u8.ToArray());
        Assert.Equal(new LogLine("2026-01-31T09:30:00.000000000Z", "out", "one more"), seen.Single());
    }

    [Theory]
    [InlineData("no time at all\n", "no time at all")]
    [InlineData("9999999999999999999999999999999 x\n", "9999999999999999999999999999999 x")]
    public void Line_without_a_time_is_a_line(string bytes, string text) => Assert.Equal(new LogLine("", "out", text), Read(Encoding.UTF8.GetBytes(bytes)).Single());

    private static List<LogLine> Read(params byte[][] parts)
    {
        var seen = new List<LogLine>();
        var lines = new StampedLines("out", seen.Add);
        foreach (var part in parts)
        {
            lines.Write(part);
        }

        lines.End();
        return seen;
    }
}
