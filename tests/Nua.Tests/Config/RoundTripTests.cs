using System.Text;
using System.Text.Json;
using CsCheck;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Config;

public sealed class RoundTripTests
{
    [Theory]
    [InlineData("complete.toml")]
    [InlineData("complete.json")]
    public void Normalised_form_reads_back_equal(string sample)
    {
        var config = ConfigReader.Read(RepositoryFiles.Sample(sample)).Config!;
        var json = Write(config);

        var again = Reading.Json(json);

        Assert.Empty(again.Problems);
        Assert.Equal(Description.Of(config), Description.Of(again.Config));
        Assert.Equal(json, Write(again.Config!));
    }

    [Fact]
    public void Any_configuration_reads_back_equal() =>
        TreeGen.Root.Sample(
            tree =>
            {
                if (Reading.Json(tree.ToJson()).Config is not { } config)
                {
                    return;
                }

                var json = Write(config);
                var again = Reading.Json(json);
                Assert.True(again.Config is not null, string.Join('\n', again.Problems));
                Assert.Equal(Description.Of(config), Description.Of(again.Config));
                Assert.Equal(json, Write(again.Config!));
            },
            iter: 2_000);

    [Theory]
    [InlineData("[build]\nbuild = ['{{version}}', 'echo {{{{x}}}}', '{print}']\n[metadata]\nversion = '2'")]
    [InlineData("[build]\nsrc-url = 'a/{{id}}.zip'\n[metadata]\nid = 'x'")]
    [InlineData("[build]\nbuild = []")]
    [InlineData("[healthcheck]")]
    [InlineData("[docker]")]
    [InlineData("[env]\nA = {}")]
    [InlineData("[port.''] \ncontainer = 1\nhost = 2")]
    [InlineData("[docker]\nf = [1.5, 1.0, inf, 1e300, 2024-01-02, 'é']")]
    public void Odd_configuration_reads_back_equal(string toml)
    {
        var config = Reading.Good(toml + "\n");

        Assert.Equal(Description.Of(config), Description.Of(Reading.Json(Write(config)).Config));
    }

    [Fact]
    public void Nothing_set_writes_nothing()
    {
        Assert.Equal("{}", Write(new AppConfig()));
        Assert.Equal(
            "{}",
            Write(Reading.Good("[build]\npackages = []\n[run]\n[env]\n[port]\n[lifecycle]\nsecrets = []\n")));
    }

    [Fact]
    public void Generated_values_are_written_as_what_makes_them()
    {
        var json = Write(Reading.Good("[env]\nA = { random = true, length = 32, display = true }\n"));

        Assert.Equal("""{"env":{"A":{"random":true,"length":32,"display":true}}}""", Compact(json));
    }

    private static string Write(AppConfig config)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ConfigWriter.Options))
        {
            ConfigWriter.ToJson(config, writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Compact(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }
}
