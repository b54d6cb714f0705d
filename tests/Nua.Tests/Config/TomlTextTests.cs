using CsCheck;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Config;

public sealed class TomlTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("with-hyphen_1", "with-hyphen_1")]
    [InlineData("with.dot", "\"with.dot\"")]
    [InlineData("", "\"\"")]
    [InlineData("é", "\"é\"")]
    public void Keys_are_bare_where_they_can_be(string key, string written) => Assert.Equal(written, TomlText.Key(key));

    [Theory]
    [InlineData("a\"b\\c\n\t", "\"a\\\"b\\\\c\\n\\t\"")]
    [InlineData("\u001b\u202e", "\"\\u001b\\u202e\"")]
    public void Text_is_quoted_printable(string text, string written) => Assert.Equal(written, TomlText.Quote(text));

    [Fact]
    public void Any_text_reads_back() =>
        Gen.String.Where(text => text.All(c => !char.IsSurrogate(c) && c != 0)).Sample(text =>
        {
            var name = "k" + text.Replace("=", "", StringComparison.Ordinal);
            var config = Reading.Toml($"[env]\n{TomlText.Pair(name, text)}\n").Config!;
            Assert.Equal(text, config.Env[0].Value);
        });

    [Fact]
    public void Lists_read_back_and_wrap_when_long()
    {
        var items = Enumerable.Range(0, 40).Select(i => $"item {i}").ToList();

        Assert.Equal("[\"a\", \"b\"]", TomlText.List(["a", "b"]));
        Assert.Contains('\n', TomlText.List(items));
        Assert.Equal(items, Reading.Toml($"[metadata]\ntags = {TomlText.List(items)}\n").Config!.Metadata.Tags);
    }

    [Fact]
    public void Comments_stay_comments() => Assert.Equal("# a\n# b\n#", TomlText.Comment("a\r\nb\u001b\n"));
}
