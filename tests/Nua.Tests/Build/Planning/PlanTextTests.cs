using System.Runtime.CompilerServices;
using Nua.Build.Planning;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>What <c>nua plan</c> and <c>nua init</c> print, compared with the files in <c>Goldens</c>. With
/// NUA_UPDATE_GOLDENS=1 they are written anew; the difference is then reviewed as code.</summary>
public sealed class PlanTextTests
{
    private static AppTree Express => AppTree.Empty("shop").With("package-lock.json", "{}").With("server.js").With("package.json", """
        {"name":"shop","version":"1.4.0","engines":{"node":"22.x"},"scripts":{"build":"tsc","start":"npm run serve","serve":"node dist/server.js"},
         "dependencies":{"express":"5"},"devDependencies":{"typescript":"5"}}
        """);

    private static AppTree Notes => AppTree.Empty("notes").With("app.py", "import sqlite3\nimport http.server\n");

    private static AppTree Site => AppTree.Empty("site").With("public/index.html", "<p>");

    private static AppTree Flask => AppTree.Empty("blog").With("requirements.txt", "flask\n")
        .With("blog/__init__.py", "from flask import Flask\ndef create_app():\n    return Flask('x')\n");

    [Fact]
    public void Node_plan_reads_well() => Check(Express, "node.txt");

    [Fact]
    public void Script_plan_reads_well() => Check(Notes, "script.txt");

    [Fact]
    public void Static_plan_reads_well() => Check(Site, "static.txt");

    [Fact]
    public void Python_plan_reads_well() => Check(Flask, "python.txt");

    [Fact]
    public void Command_plan_reads_well() => Check(
        AppTree.Empty("galene"), "commands.txt", new AppConfig
        {
            Metadata = new Metadata { Id = "galene", Version = "0.6.2", Release = 6, Title = "Galène" },
            Build = new BuildConfig { GitUrl = "https://example.org/galene.git", Commands = ["go build"],
                Test = ["test -x /nua/app/galene"] },
            Run = new RunConfig { Start = ["cd /nua/build/galene && ./galene -http :$PORT"] },
        });

    [Fact]
    public void Init_file_reads_well()
    {
        using var tree = Express;
        Compare(InitFile.FromPlan(tree.Built()), "init.txt");
    }

    [Fact]
    public void Text_of_hostile_names_is_safe_to_print()
    {
        using var tree = AppTree.Empty("x\u001b[31m").With("index.html");
        Assert.DoesNotContain('\u001b', PlanText.Write(tree.Built()));
    }

    private static void Check(AppTree tree, string golden, AppConfig? config = null)
    {
        using (tree)
        {
            Compare(PlanText.Write(tree.Built(config)), golden);
        }
    }

    private static void Compare(string text, string golden, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here)!, "Goldens", golden);
        if (Environment.GetEnvironmentVariable("NUA_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.Equal(File.ReadAllText(file), text);
    }
}
