using Nua.Config;
using Xunit;

namespace Nua.Tests.Config;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{a}", "1")]
    [InlineData("x{a}y{b}z", "x1y2z")]
    [InlineData("{unknown}", "{unknown}")]
    [InlineData("{}", "{}")]
    [InlineData("{ a }", "{ a }")]
    [InlineData("{a,b}", "{a,b}")]
    [InlineData("{{a}}", "{a}")]
    [InlineData("{{{a}}}", "{1}")]
    [InlineData("{{{{a}}}}", "{{a}}")]
    [InlineData("{\"k\": {\"a\": 1}}", "{\"k\": {\"a\": 1}}")]
    [InlineData("awk '{ print $1 }'", "awk '{ print $1 }'")]
    [InlineData("{{ open", "{{ open")]
    [InlineData("close }}", "close }}")]
    [InlineData("}}{{", "}}{{")]
    [InlineData("{a", "{a")]
    [InlineData("{1}", "{1}")]
    [InlineData("{", "{")]
    public void Known_names_are_filled_and_the_rest_stays(string text, string filled) =>
        Assert.Equal(
            filled,
            BraceTemplate.Fill(text, brace => brace.Name switch { "a" => "1", "b" => "2", _ => null }));

    [Fact]
    public void Build_templates_know_metadata_and_build()
    {
        var config = Reading.Good("""
            [metadata]
            id = "notes"
            version = 1.10
            website = "https://{id}.example"
            [build]
            src-url = "{website}/{git_branch}/{id}-{version}.tar.gz"
            git-branch = "v{version}"
            project = "{git-branch}"
            base-image = "registry.example/{id}:{version}"
            builder = "node-{version}"
            build = ["make V={version} H=${HOME} W=${version} J={\"a\":1}", "{{version}} {print}"]
            before-build = "echo {id}"
            test = "echo {id}"
            [run]
            start = "echo {id}"

            """);

        Assert.Equal("https://notes.example/v1.10/notes-1.10.tar.gz", config.Build.SrcUrl);
        Assert.Equal("v1.10", config.Build.Project);
        Assert.Equal("registry.example/notes:1.10", config.Build.BaseImage);
        Assert.Equal(new BuilderConfig("node", "1.10"), config.Build.Builder);
        Assert.Equal(["make V=1.10 H=${HOME} W=${version} J={\"a\":1}", "{version} {print}"], config.Build.Commands);
        Assert.Equal(["echo notes"], config.Build.BeforeBuild);
        Assert.Equal(["echo {id}"], config.Build.Test);
        Assert.Equal(["echo {id}"], config.Run.Start);
    }

    [Fact]
    public void Values_are_filled_one_level_deep() =>
        Assert.Equal(
            "a{id}",
            Reading.Good(
                "[metadata]\nid = 'x'\ntitle = '{tagline}'\ntagline = 'a{id}'\n[build]\nproject = '{title}'\n").Build.Project);

    [Fact]
    public void Templates_can_be_switched_off() =>
        Assert.Equal(
            ["{version} {{x}}"],
            Reading.Good(
                "[metadata]\nversion = '1'\n[build]\ntemplates = false\nbuild = '{version} {{x}}'\n").Build.Commands);

    [Theory]
    [InlineData("A = 'x{B}'\nB = '{C}'\nC = '1'", "A=x1 B=1 C=1")]
    [InlineData("A = '${B}'\nB = '1'", "A=1 B=1")]
    [InlineData("A = '{NOPE}'", "A={NOPE}")]
    [InlineData("A = '{{B}}'\nB = '1'", "A={B} B=1")]
    [InlineData("A = '{B}'\nB = { random = true }", "")]
    [InlineData("A = '{B}x'\nB = '{C}'\nC = { key = 'domain' }\nD = 'd'", "D=d")]
    [InlineData("A = '{\"json\": 1}'", "A={\"json\": 1}")]
    public void Settled_variables_are_those_the_file_decides_alone(string toml, string expected) =>
        Assert.Equal(
            expected,
            Line(EnvTemplates.Settled(Reading.Good($"[env]\n{toml}\n").Env)));

    [Fact]
    public void Variables_made_from_each_other_stay()
    {
        var filled = EnvTemplates.Fill(
            [new("A", "{B}"), new("B", "{A}"), new("C", "{A}"), new("D", "{E}"), new("E", "e")]);

        Assert.Equal("A={B} B={A} C={A} D=e E=e", Line(filled));
    }

    [Theory]
    [InlineData("{ key = 'K', random = true }", "key")]
    [InlineData("{ external_ip = 'true', random = true }", "external_ip")]
    [InlineData("{ nua_internal = true, random = true }", "nua_internal")]
    [InlineData("{ random = 'whatever' }", "random")]
    [InlineData("{ random = 'false', unique_db = true }", "unique_db")]
    [InlineData("{ unique-user = '' }", "unique_user")]
    public void First_selector_decides(string table, string kind) =>
        Assert.Equal(kind, Reading.Good($"[env]\nA = {table}\nK = 1\n").Env[0].Dynamic!.Kind);

    [Fact]
    public void Modifiers_are_read_as_booleans()
    {
        const string toml = "[env]\nA = { random = 'true', persist = 'false', display = 'false', type = 'integer' }\n";
        var value = Reading.Good(toml).Env[0].Dynamic!;

        Assert.Equal((false, false, "int", null), (value.Persist, value.Display, value.Type, value.Length));
    }

    private static string Line(IEnumerable<KeyValuePair<string, string>> variables) =>
        string.Join(' ', variables.Select(pair => $"{pair.Key}={pair.Value}"));
}
