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
