using System.Text.Json;
using Nua.Config;
using Nua.Config.Catalogue;
using Xunit;

namespace Nua.Tests.Config;

public sealed class CatalogueTests
{
    public static TheoryData<string, string> Examples()
    {
        var data = new TheoryData<string, string>();
        foreach (var section in ConfigCatalogue.Root.Keys)
        {
            if (section.Example.Length > 0)
            {
                data.Add(section.Name, $"'{section.Name}' = {section.Example}");
            }

            foreach (var key in section.Inside?.Keys ?? [])
            {
                data.Add($"{section.Name}.{key.Name}", Place(section, key));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_key_with_its_example_is_read(string key, string toml)
    {
        var result = Reading.Toml(Reading.Who + toml + "\n");

        Assert.DoesNotContain(
            result.Problems,
            problem => problem.Code is "NUA1101" or "NUA1102" or "NUA1106" or "NUA1107");
        Assert.False(key.Length == 0);
    }

    [Fact]
    public void Every_key_is_explained_with_an_example()
    {
        var keys = ConfigCatalogue.Groups().SelectMany(group => group.Keys.Select(key => (group, key)));

        Assert.All(
            keys,
            entry => Assert.True(entry.key.About.Length > 0 && (IsSection(entry.group) || entry.key.Example.Length > 0)));
    }

    [Fact]
    public void Every_retired_key_belongs_to_a_group_that_lacks_it()
    {
        var groups = ConfigCatalogue.Groups().ToDictionary(group => group.Name);

        Assert.All(RetiredKeys.All.Keys, path =>
        {
            var dot = path.IndexOf('.', StringComparison.Ordinal);
            Assert.Null(groups[path[..dot]].Find(path[(dot + 1)..]));
        });
    }

    [Theory]
    [InlineData("docs/reference/nua-config.md")]
    [InlineData("docs/reference/nua-config.schema.json")]
    public void Page_in_docs_is_the_one_the_catalogue_makes(string path)
    {
        var isPage = path.EndsWith(".md", StringComparison.Ordinal);
        var made = isPage ? ConfigReference.ToMarkdown() : ConfigSchema.ToJson();
        var file = Path.Combine(RepositoryFiles.Root, path);
        if (Environment.GetEnvironmentVariable("NUA_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, made);
        }

        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == made,
            $"{path} is not what the catalogue makes: run the tests once with NUA_UPDATE_DOCS=1 and commit the file");
    }

    [Fact]
    public void Schema_refers_only_to_what_it_defines()
    {
        using var schema = JsonDocument.Parse(ConfigSchema.ToJson());
        var definitions = schema.RootElement.GetProperty("definitions");
        var defined = definitions.EnumerateObject().Select(entry => entry.Name).ToHashSet();

        Assert.All(References(schema.RootElement), name => Assert.Contains(name, defined));
        Assert.True(schema.RootElement.GetProperty("properties").TryGetProperty("metadata", out _));
    }

    [Fact]
    public void Every_problem_has_a_code_of_its_own()
    {
        var files = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "src/Nua.Config"), "ConfigProblems*.cs");
        var text = string.Concat(files.Select(File.ReadAllText));
        var codes = text.Split("\"NUA").Skip(1).Select(rest => rest[..4]).ToList();

        Assert.True(codes.Count > 60);
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.StartsWith("1", code, StringComparison.Ordinal));
    }

    [Fact]
    public void Nua_tree_names_the_eight_verbs() => Assert.Equal(8, NuaTree.Verbs.Distinct().Count());

    /// <summary>Sections show their keys instead of an example.</summary>
    private static bool IsSection(KeyGroup group) => group.Name.Length == 0;

    private static string Place(ConfigKey section, ConfigKey key)
    {
        var line = $"{key.Name} = {key.Example}";
        return section.Shape switch
        {
            ValueShape.NamedTables => $"[{section.Name}.web]\n{line}",
            ValueShape.Tables => $"[[{section.Name}]]\n{line}",
            _ => $"[{section.Name}]\n{line}",
        };
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(entry =>
            entry.NameEquals("$ref") ? [entry.Value.GetString()!["#/definitions/".Length..]] : References(entry.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
