using System.Diagnostics;
using System.Text;
using CsCheck;
using Nua.Config;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Config;

public sealed class HostileTests
{
    private const int Mebibyte = 1 << 20;

    public static TheoryData<string, string, string> Bombs() => new()
    {
        { "toml", "brackets", "a = " + new string('[', 500_000) },
        { "toml", "tables in tables", "a = " + string.Concat(Enumerable.Repeat("{a=", 100_000)) },
        { "toml", "dotted key", "a" + string.Concat(Enumerable.Repeat(".a", 300_000)) + " = 1" },
        { "toml", "dotted key in a table", "a = { " + string.Concat(Enumerable.Repeat("a . ", 200_000)) + "a = 1 }" },
        { "toml", "dotted header", "[a" + string.Concat(Enumerable.Repeat(".a", 300_000)) + "]" },
        { "yaml", "brackets", new string('[', 500_000) },
        { "yaml", "braces", string.Concat(Enumerable.Repeat("{a: ", 200_000)) },
        { "yaml", "dashes", string.Concat(Enumerable.Repeat("- ", 300_000)) },
        { "yaml", "question marks", string.Concat(Enumerable.Repeat("? ", 300_000)) },
        { "json", "brackets", new string('[', 500_000) },
        { "json", "objects", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) },
        { "yaml", "laughs", Laughs() },
    };

    public static TheoryData<string, string, string> Floods() => new()
    {
        { "toml", "unknown keys", string.Concat(Enumerable.Range(0, 80_000).Select(i => $"key{i} = 1\n")) },
        {
            "toml", "unknown keys of a section",
            "[build]\n" + string.Concat(Enumerable.Range(0, 70_000).Select(i => $"packag{i}=1\n"))
        },
        { "toml", "errors", string.Concat(Enumerable.Repeat("= =\n", 200_000)) },
        { "toml", "tables", string.Concat(Enumerable.Range(0, 80_000).Select(i => $"[t{i}]\n")) },
        { "toml", "providers", string.Concat(Enumerable.Repeat("[[provider]]\nname='a'\n", 40_000)) },
        {
            "toml", "variables",
            "[env]\n" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"A{i} = '{{A{i + 1}}}'\n"))
        },
        {
            "toml", "unknown variables",
            "[env]\n" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"A{i} = '{{X{i}}}'\n"))
        },
        { "toml", "braces", "[build]\nbuild = '" + new string('{', 1_000_000) + "'\n" },
        { "toml", "names in braces", "[build]\nbuild = '" + string.Concat(Enumerable.Repeat("{a}", 340_000)) + "'\n" },
        { "toml", "description in itself",
            "[metadata]\ndescription='" + string.Concat(Enumerable.Repeat("{description}", 40_000))
            + "'\n[build]\nproject='{description}'\n" },
        { "yaml", "keys", string.Concat(Enumerable.Range(0, 80_000).Select(i => $"k{i}: 1\n")) },
        { "yaml", "anchors", string.Concat(Enumerable.Range(0, 60_000).Select(i => $"- &a{i} x\n")) },
        {
            "yaml", "nested brackets",
            "a: [" + string.Concat(Enumerable.Repeat(new string('[', 60) + new string(']', 60) + ",", 8_000)) + "]"
        },
        { "json", "keys", "{" + string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"k{i}\":1")) + "}" },
        { "json", "one key", "{" + string.Join(',', Enumerable.Repeat("\"k\":1", 120_000)) + "}" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Depth_and_expansion_are_refused_quickly(string extension, string name, string text)
    {
        var result = Bounded(extension, name, text);

        Assert.Null(result.Config);
        Assert.Contains(result.Problems, problem => problem.Code is "NUA1014" or "NUA1018" or "NUA1020");
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public void Floods_are_read_in_bounded_time_and_reported_in_part(string extension, string name, string text) =>
        Assert.InRange(Bounded(extension, name, text).Problems.Count, 1, 201);

    [Fact]
    public void Ten_megabytes_are_refused_unread()
    {
        var result = ConfigReader.ReadText("nua-config.toml", new byte[10 * Mebibyte]);

        Assert.Equal(["NUA1005 -"], Reading.Findings(result));
    }

    [Fact]
    public void Exactly_the_limit_is_read()
    {
        var text = Reading.Who.PadRight(Mebibyte, '\n');

        Assert.Empty(Reading.Toml(text).Problems);
        Assert.Equal("NUA1005", Reading.Toml(text + "\n").Problems[0].Code);
    }

    [Fact]
    public void Names_that_double_each_time_stay_small()
    {
        var env = Enumerable.Range(1, 60)
            .Select(i => new EnvEntry($"A{i}", $"{{A{i - 1}}}{{A{i - 1}}}", null))
            .ToList();
        env.Insert(0, new EnvEntry("A0", "0123456789", null));

        var settled = EnvTemplates.Settled(env);

        Assert.InRange(settled.Sum(pair => (long)pair.Value.Length), 100, 8 * Mebibyte);
    }

    [Fact]
    public void Random_trees_never_throw() =>
        Gen.Select(TreeGen.Root, Gen.Int[0, 2]).Sample(
            (tree, syntax) =>
            {
                var (extension, text) = syntax switch
                {
                    0 => ("json", tree.ToJson()),
                    1 => ("yaml", tree.ToJson()),
                    _ => ("toml", tree.ToToml()),
                };
                var result = Reading.Text("nua-config." + extension, text);
                var hasError = result.Problems.Any(problem => problem.Severity == Severity.Error);
                Assert.Equal(hasError, result.Config is null);
                Assert.All(result.Problems, problem => Assert.NotNull(problem.Where));
            },
            iter: 2_000);

    [Fact]
    public void Random_bytes_never_throw() =>
        Gen.Select(Gen.OneOf("toml", "yaml", "json"), Gen.OneOf(Gen.Byte.Array, TreeGen.Scribble)).Sample(
            (extension, bytes) => ConfigReader.ReadText("nua-config." + extension, bytes) is not null,
            iter: 3_000);

    [Fact]
    public void Damaged_files_never_throw()
    {
        string[] extensions = ["toml", "yaml", "json"];
        var samples = Array.ConvertAll(
            extensions, extension => File.ReadAllBytes(RepositoryFiles.Sample("complete." + extension)));
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 10_000], Gen.Int[0, 30], TreeGen.Scribble).Sample(
            (syntax, at, cut, bytes) =>
            {
                var sample = samples[syntax];
                at %= sample.Length;
                byte[] damaged = [.. sample[..at], .. bytes, .. sample[Math.Min(at + cut, sample.Length)..]];
                return ConfigReader.ReadText("nua-config." + extensions[syntax], damaged) is not null;
            },
            iter: 1_000);
    }

    private static ConfigResult Bounded(string extension, string name, string text)
    {
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 0, Mebibyte);
        var watch = Stopwatch.StartNew();
        var result = Reading.Text("nua-config." + extension, text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{name} took {watch.Elapsed}");
        return result;
    }

    private static string Laughs()
    {
        var text = new StringBuilder("a0: &a0 [lol, lol]\n");
        for (var i = 1; i < 40; i++)
        {
            text.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }

        return text.ToString();
    }
}
