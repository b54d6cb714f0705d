using System.Text;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Config;

public sealed class SyntaxTests
{
    [Fact]
    public void The_three_syntaxes_bind_equal()
    {
        var results = new[] { "toml", "yaml", "json" }
            .Select(extension => ConfigReader.Read(RepositoryFiles.Sample($"complete.{extension}")))
            .ToList();

        Assert.All(results, result => Assert.Empty(result.Problems));
        Assert.Equal(Description.Of(results[0].Config), Description.Of(results[1].Config));
        Assert.Equal(Description.Of(results[0].Config), Description.Of(results[2].Config));
        Assert.Equal("1.10", results[0].Config!.Metadata.Version);
        Assert.Equal("https://notes.example/notes-1.10.tar.gz", results[0].Config!.Build.SrcUrl);
        Assert.Equal(["make", "echo '{literal}' ${HOME}"], results[0].Config!.Build.Commands);
    }

    [Theory]
    [InlineData("toml", "a = \n", "NUA1011 1:5")]
    [InlineData("toml", "[metadata]\nid = \"x\nversion = 1\n", "NUA1011 2:8")]
    [InlineData("toml", "[a]\nx = 1\n[a]\n", "NUA1013 3:1")]
    [InlineData("toml", "[a]\nx = 1\nx = 2\n", "NUA1013 3:1")]
    [InlineData("toml", "a = 99999999999999999999\n", "NUA1011 1:5")]
    [InlineData("toml", "a = \"\\ud800\"\n", "NUA1011 1:7")]
    [InlineData("toml", "a = 1\nb = \"\\", "NUA1011 2:1")]
    [InlineData("yaml", "a: b: c\n", "NUA1011 1:5")]
    [InlineData("yaml", "a: 1\nb:\n\t- c\n", "NUA1011 3:1")]
    [InlineData("yaml", "a: [1, 2\nb: 3\n", "NUA1011 1:6")]
    [InlineData("yaml", "a: @x\n", "NUA1011 1:4")]
    [InlineData("yaml", "a: 1\na: 2\n", "NUA1012 2:1")]
    [InlineData("yaml", "a: !!python/object:os.system x\n", "NUA1015 1:4")]
    [InlineData("yaml", "a: !!str 1\n", "NUA1015 1:4")]
    [InlineData("yaml", "a: *nowhere\n", "NUA1016 1:4")]
    [InlineData("yaml", "a: &x [*x]\n", "NUA1017 1:8")]
    [InlineData("yaml", "a: 1\n---\nb: 2\n", "NUA1019 2:1")]
    [InlineData("yaml", "? [a]\n: b\n", "NUA1020 1:3")]
    [InlineData("yaml", "- a\n", "NUA1021 1:1")]
    [InlineData("json", "{\"a\": 1,}", "NUA1011 1:9")]
    [InlineData("json", "// no\n{}", "NUA1011 1:1")]
    [InlineData("json", "{\"é\": 1, \"a\" 2}", "NUA1011 1:14")]
    [InlineData("json", "{\n\t\"a\": 1,\n\t\"a\": 2\n}", "NUA1012 3:2")]
    [InlineData("json", "{\"a\": \"\\ud800\"}", "NUA1011 1:7")]
    [InlineData("json", "{} {}", "NUA1011 1:4")]
    [InlineData("json", "[1]", "NUA1021 1:1")]
    [InlineData("json", "", "NUA1011 1:1")]
    [InlineData("ini", "a=1", "NUA1003 -")]
    public void Broken_text_is_refused_with_its_place(string extension, string text, string finding)
    {
        var result = Reading.Text("nua-config." + extension, text);

        Assert.Null(result.Config);
        Assert.Contains(finding, Reading.Findings(result));
    }

    [Fact]
    public void Every_toml_error_is_reported_at_once() =>
        Assert.True(Reading.Toml("a = \nb = \nc = 1\nd = ?\n").Problems.Count >= 3);

    [Theory]
    [InlineData("toml", "")]
    [InlineData("toml", "# nothing\n")]
    [InlineData("yaml", "")]
    [InlineData("yaml", "# nothing\n")]
    [InlineData("yaml", "---\n")]
    [InlineData("json", "{}")]
    public void Empty_configuration_only_lacks_metadata(string extension, string text)
    {
        var result = Reading.Text("nua-config." + extension, text);

        Assert.NotNull(result.Config);
        Assert.Equal(["NUA1120 1:1"], Reading.Findings(result));
    }

    public static TheoryData<string, byte[]> Encodings()
    {
        const string text = "[metadata]\r\nid = \"x\"\r\nversion = \"1\"\r\ntitle = \"é 😀\"\r\nauthor = \"A\"\r\n";
        return new TheoryData<string, byte[]>
        {
            { "UTF-8", Encoding.UTF8.GetBytes(text) },
            { "UTF-8 with mark", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)] },
            { "UTF-16 little", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)] },
            { "UTF-16 big", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(text)] },
        };
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Marks_and_line_ends_do_not_matter(string name, byte[] bytes)
    {
        var result = ConfigReader.ReadText("nua-config.toml", bytes);

        Assert.True(result.Problems.Count == 0, name);
        Assert.Equal("é 😀", result.Config!.Metadata.Title);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xff }, "NUA1010 2:2")]
    [InlineData(new byte[] { (byte)'a', 0xc3 }, "NUA1010 1:2")]
    [InlineData(new byte[] { (byte)'a', 0 }, "NUA1010 1:2")]
    [InlineData(new byte[] { 0xff, 0xfe, 0x41, 0x00, 0x00, 0xd8 }, "NUA1010 1:2")]
    [InlineData(new byte[] { 0xff, 0xfe, 0x41 }, "NUA1010 1:1")]
    public void Bytes_that_are_no_text_are_refused_with_their_place(byte[] bytes, string finding) =>
        Assert.Equal([finding], Reading.Findings(ConfigReader.ReadText("nua-config.toml", bytes)));

    [Theory]
    [InlineData("yes", "yes")]
    [InlineData("on", "on")]
    [InlineData("12:30", "12:30")]
    [InlineData("017", "17")]
    [InlineData("0o17", "15")]
    [InlineData("0x1F", "31")]
    [InlineData("1e3", "1e3")]
    [InlineData("True", "true")]
    [InlineData("2024-01-02", "2024-01-02")]
    [InlineData("'017'", "017")]
    [InlineData(".inf", ".inf")]
    [InlineData("1_000", "1_000")]
    public void Yaml_scalars_follow_the_core_schema(string scalar, string value)
    {
        var result = Reading.Yaml($"env:\n  X: {scalar}\n");

        Assert.Equal(value, result.Config!.Env[0].Value);
    }

    [Fact]
    public void Yaml_aliases_stand_for_their_value()
    {
        var result = Reading.Yaml("build:\n  packages: &p [a, b]\nrun:\n  packages: *p\n");

        Assert.Equal(["a", "b"], result.Config!.Run.Packages);
    }
}
