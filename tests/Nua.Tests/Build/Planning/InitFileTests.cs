using System.Text;
using System.Text.Json.Nodes;
using Nua.Build.Planning;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class InitFileTests
{
    private const string Flask = "from flask import Flask\napp = Flask('x')\n";

    /// <summary>Name of the sample; the trees are made in <see cref="Sample"/>.</summary>
    public static TheoryData<string> Samples => ["node", "vite", "site", "script", "flask", "django", "package", "web",
        "shell", "procfile", "packager", "odd"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Written_file_reads_back_to_the_same_plan(string sample)
    {
        using var tree = Sample(sample);
        var before = tree.Built();
        var read = ConfigReader.ReadText("nua-config.toml", Encoding.UTF8.GetBytes(InitFile.FromPlan(before)));
        Assert.Empty(read.Problems);
        Assert.Equal(WithoutReasons(before), WithoutReasons(tree.Built(read.Config)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_line_that_overrides_is_understood(string sample)
    {
        using var tree = Sample(sample);
        foreach (var line in tree.Built().Decisions.Select(decision => decision.Override).OfType<string>())
        {
            var others = ((string[])["id", "version", "title", "author"])
                .Where(key => !line.StartsWith($"metadata.{key} ", StringComparison.Ordinal))
                .Select(key => $"metadata.{key} = \"1\"\n");
            var read = ConfigReader.ReadText("x.toml", Encoding.UTF8.GetBytes($"{line}\n{string.Concat(others)}"));
            Assert.Empty(read.Problems.Select(problem => $"{line}: {problem}"));
        }
    }

    /// <summary>A file of the folder and a line of the form that it calls for.</summary>
    [Theory]
    [InlineData("readme", "build = [\"make\"]")]
    [InlineData("go.mod", "packages = [\"ca-certificates\", \"golang-go\"]")]
    [InlineData("Cargo.toml", "build = [\"cargo install --locked --path . --root /nua\"]")]
    [InlineData("deno.json", "build = []")]
    public void Form_for_an_unknown_application_says_what_to_fill_in(string file, string line)
    {
        using var tree = AppTree.Empty("odd").With(file);
        var result = tree.Plan();
        Assert.True(InitFile.CanAsk(result.Problems));
        var form = InitFile.ToFillIn(tree.Open(), new AppConfig(), result.Problems);
        Assert.Contains("# FILL IN", form, StringComparison.Ordinal);
        Assert.Contains($"\n# {line}\n", form, StringComparison.Ordinal);

        // As it is, it says nothing wrong; filled in, it is a plan.
        Assert.Empty(ConfigReader.ReadText("nua-config.toml", Encoding.UTF8.GetBytes(form)).Problems);
        var filled = form.Replace("# build = ", "build = ", StringComparison.Ordinal).Replace("# start = ", "start = ", StringComparison.Ordinal);
        var read = ConfigReader.ReadText("nua-config.toml", Encoding.UTF8.GetBytes(filled));
        Assert.Empty(read.Problems);
        Assert.Equal("commands", tree.Built(read.Config).Stack.Name);
    }

    [Fact]
    public void Form_names_the_kinds_when_two_are_equally_likely()
    {
        using var tree = AppTree.Empty("two").With("package.json", """{"main":"server.js"}""").With("server.js")
            .With("requirements.txt", "flask").With("app.py", Flask);
        var result = tree.Plan();
        Assert.Equal("NUA2003", tree.Error().Code);
        Assert.Contains("node and python", InitFile.ToFillIn(tree.Open(), new AppConfig(), result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_manifest_is_no_question_for_a_form()
    {
        using var tree = AppTree.Empty("broken").With("package.json", "{");
        Assert.False(InitFile.CanAsk(tree.Plan().Problems));
    }

    private static AppTree Sample(string name) => name switch
    {
        "node" => AppTree.Empty("shop")
            .With("package.json",
            """{"name":"@a/shop","version":"1","engines":{"node":"20.x"},"scripts":{"build":"tsc","start":"npm run x","x":"node d.js"},"dependencies":{"canvas":"3"},"devDependencies":{"typescript":"5"}}""").With("package-lock.json", "{}"),
        "vite" => AppTree.Empty("spa")
            .With("package.json", """{"scripts":{"build":"vite build"},"devDependencies":{"vite":"7"}}""")
            .With("package-lock.json", "{}"),
        "site" => AppTree.Empty("site").With("public/index.html"),
        "script" => AppTree.Empty("notes").With("app.py", "import sqlite3\n"),
        "flask" => AppTree.Empty("blog").With("app.py", Flask).With("requirements.txt", "flask\n").With("start.py")
            .With("build.py"),
        "django" => AppTree.Empty("dj").With("manage.py").With("dj/__init__.py").With("requirements.txt", "django==5\n")
            .With("dj/wsgi.py",
                "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"),
        "package" => AppTree.Empty("tool").With("tool/__init__.py")
            .With("pyproject.toml",
            "[build-system]\nrequires=[\"flit_core\"]\n[project]\nname=\"tool\"\nversion=\"2\"\nscripts={t=\"tool:main\"}\n"),
        "web" => AppTree.Empty("web")
            .With("Web.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>"),
        "shell" => AppTree.Empty("sh").With("start.sh", "#!/bin/bash\n"),
        "procfile" => AppTree.Empty("pf").With("Procfile", "web: node x.js\n")
            .With("package.json", """{"dependencies":{"express":"5"}}""").With("package-lock.json", "{}"),
        "packager" => AppTree.Empty("pk").With("nua/build.sh", "echo\n").With("nua/start.sh", "#!/bin/sh\n")
            .With("nua/etc/x"),
        _ => AppTree.Empty("odd \"name\" \\ é").With("index.html"),
    };

    private static string WithoutReasons(BuildPlan plan)
    {
        var json = JsonNode.Parse(PlanJson.ToBytes(plan))!.AsObject();
        json.Remove("decisions");
        json["stack"]!.AsObject().Remove("evidence");
        json["start"]!.AsObject().Remove("because");
        foreach (var item in json["ports"]!.AsArray().Concat(json["toolchains"]!.AsArray()))
        {
            item!.AsObject().Remove("because");
        }

        return json.ToJsonString();
    }
}
