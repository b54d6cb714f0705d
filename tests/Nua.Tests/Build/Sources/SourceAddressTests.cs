using Nua.Build.Sources;
using Xunit;

namespace Nua.Tests.Build.Sources;

public sealed class SourceAddressTests
{
    [Theory]
    [InlineData("https://user:pass@host/a.tar.gz", "https://host/a.tar.gz")]
    [InlineData("https://token@host/a.tar.gz?X-Signature=1#f", "https://host/a.tar.gz")]
    [InlineData("https://u:p@ss@host/a", "https://host/a")]
    [InlineData("ssh://git@host/a.git", "ssh://host/a.git")]
    [InlineData("vendor/a.tar", "vendor/a.tar")]
    [InlineData("vendor/a?b.tar", "vendor/a?b.tar")]
    public void Address_is_shown_without_credentials(string address, string shown) =>
        Assert.Equal(shown, SourceAddress.WithoutCredentials(address));

    [Fact]
    public void Text_of_a_program_is_shown_without_credentials()
    {
        var text = SourceAddress.WithoutCredentialsInText("fatal: 'https://u:s3cret@host/x?private_token=abc&y=1' not found");
        Assert.Equal("fatal: 'https://host/x?private_token=…&y=1' not found", text);
    }

    [Theory]
    [InlineData("https://host/x/v1.2%2Bfoo.tar.gz?a=b", "v1.2+foo.tar.gz")]
    [InlineData("dist/app.zip", "app.zip")]
    public void File_name_is_the_last_part_of_the_path(string address, string name) =>
        Assert.Equal(name, SourceAddress.FileName(address));
}
