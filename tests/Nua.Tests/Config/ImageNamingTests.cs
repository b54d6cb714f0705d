using CsCheck;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Config;

public sealed class ImageNamingTests
{
    private static readonly Gen<string> _nearNames =
        Gen.OneOf("aA.-_/: 9é".ToArray()).Array[0, 300].Select(chars => new string(chars));

    [Theory]
    [InlineData("hedgedoc", "nua-hedgedoc")]
    [InlineData("nua-x", "nua-x")]
    [InlineData("Nua-X", "nua-x")]
    [InlineData("cal.com", "nua-cal.com")]
    [InlineData("a_b", "nua-a_b")]
    [InlineData("a__b", "nua-a__b")]
    [InlineData("a___b", "nua-a-b")]
    [InlineData("a---b", "nua-a---b")]
    [InlineData("a.-b", "nua-a-b")]
    [InlineData("a..b", "nua-a-b")]
    [InlineData("My App", "nua-my-app")]
    [InlineData("Été", "nua-t")]
    [InlineData("library/app", "nua-library-app")]
    [InlineData("app:tag@x", "nua-app-tag-x")]
    [InlineData("-x-", "nua-x")]
    [InlineData("???", "nua-app")]
    [InlineData("nua-", "nua-app")]
    [InlineData("", "nua-app")]
    [InlineData(null, "nua-app")]
    public void Name_is_mapped_as_documented(string? id, string name) => Assert.Equal(name, ImageNaming.Name(id));

    [Theory]
    [InlineData("1.9.7", 15, "1.9.7-15")]
    [InlineData("1", null, "1")]
    [InlineData("2.0-RC1", null, "2.0-RC1")]
    [InlineData("1.0+git", null, "1.0-git")]
    [InlineData("v 1 / 2", 1, "v-1-2-1")]
    [InlineData(".1", null, "1")]
    [InlineData("_1", null, "_1")]
    [InlineData("???", 1, "unknown-1")]
    [InlineData("", null, "unknown")]
    [InlineData(null, 2, "unknown-2")]
    public void Tag_is_mapped_as_documented(string? version, int? release, string tag) =>
        Assert.Equal(tag, ImageNaming.Tag(version, release));

    [Fact]
    public void Every_name_and_tag_keeps_the_grammar_of_oci() =>
        Gen.Select(Gen.OneOf(Gen.String, _nearNames), Gen.Int[0, int.MaxValue]).Sample((text, release) =>
        {
            Assert.True(IsName(ImageNaming.Name(text)), ImageNaming.Name(text));
            Assert.True(IsTag(ImageNaming.Tag(text, release)), ImageNaming.Tag(text, release));
            Assert.Equal(ImageNaming.Name(text), ImageNaming.Name(ImageNaming.Name(text)));
            Assert.Equal(ImageNaming.Tag(text, null), ImageNaming.Tag(ImageNaming.Tag(text, null), null));
        });

    /// <summary>One path component: <c>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*</c>, parsed by hand.</summary>
    private static bool IsName(string name)
    {
        var at = 0;
        while (true)
        {
            var start = at;
            at = Skip(name, at, c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9'));
            if (at == start || at == name.Length)
            {
                return at > start && name.Length <= 128;
            }

            start = at;
            at = Skip(name, at, c => c is '.' or '_' or '-');
            var between = name[start..at];
            if (between is not ("." or "_" or "__") && between.Trim('-').Length > 0)
            {
                return false;
            }
        }
    }

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-')
        && Skip(tag, 0, c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') == tag.Length;

    private static int Skip(string text, int at, Func<char, bool> isMember)
    {
        while (at < text.Length && isMember(text[at]))
        {
            at++;
        }

        return at;
    }
}
