using Nua.Build.Sbom;
using Xunit;

namespace Nua.Tests.Build.Sbom;

public sealed class LicenseTests
{
    [Theory]
    [InlineData("MIT", "MIT")]
    [InlineData("mit", "MIT")]
    [InlineData("apache-2.0", "Apache-2.0")]
    [InlineData("Expat", "MIT")]
    [InlineData("GPL-2+", "GPL-2.0-or-later")]
    [InlineData("LGPL-2.1", "LGPL-2.1-only")]
    [InlineData("  BSD-3-Clause\n", "BSD-3-Clause")]
    public void Known_licence_has_its_identifier(string text, string id) =>
        Assert.Equal(new License(LicenseForm.Identifier, id), License.Parse(text));

    [Theory]
    [InlineData("(MIT OR Apache-2.0)", "(MIT OR Apache-2.0)")]
    [InlineData("MIT and BSD-3-clause", "MIT AND BSD-3-Clause")]
    [InlineData("GPL-2+ or Expat", "GPL-2.0-or-later OR MIT")]
    [InlineData("GPL-2.0-or-later WITH Classpath-exception-2.0", "GPL-2.0-or-later WITH Classpath-exception-2.0")]
    [InlineData("MIT OR (Apache-2.0 AND (ISC OR 0BSD))", "MIT OR (Apache-2.0 AND (ISC OR 0BSD))")]
    public void Expression_of_known_licences_is_one(string text, string expression) =>
        Assert.Equal(new License(LicenseForm.Expression, expression), License.Parse(text));

    [Theory]
    [InlineData("Proprietary")]
    [InlineData("SEE LICENSE IN LICENSE.txt")]
    [InlineData("UNLICENSED")]
    [InlineData("MIT OR")]
    [InlineData("OR MIT")]
    [InlineData("(MIT")]
    [InlineData("MIT)")]
    [InlineData("MIT Apache-2.0")]
    [InlineData("MIT OR Nobodys-1.0")]
    [InlineData("MIT WITH Nothing")]
    [InlineData("()")]
    public void Anything_else_is_a_name(string text) => Assert.Equal(new License(LicenseForm.Name, text), License.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData(null)]
    public void Nothing_is_no_licence(string? text) => Assert.Null(License.Parse(text));

    [Fact]
    public void Whole_licence_text_is_cut() => Assert.Equal(201, License.Parse(new string('x', 5000))!.Text.Length);

    [Theory]
    [InlineData("deb", "debian", "libstdc++6", "12.2.0-14", "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14")]
    [InlineData("npm", "@oven", "bun-linux-x64", "1.0.0", "pkg:npm/%40oven/bun-linux-x64@1.0.0")]
    [InlineData("deb", "debian", "x", "1:2~b/3 é", "pkg:deb/debian/x@1:2~b%2F3%20%C3%A9")]
    [InlineData("generic", null, "app", "", "pkg:generic/app")]
    public void Package_url_is_escaped(string type, string? space, string name, string version, string expected) =>
        Assert.Equal(expected, PackageUrl.Of(type, space, name, version));
}
