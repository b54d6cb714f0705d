using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Which applications get a port, and which are workers.</summary>
public sealed class ListeningTests
{
    private const string Flask = "from flask import Flask\napp = Flask('x')\n";
    private const string Worker = "<Project Sdk=\"Microsoft.NET.Sdk.Worker\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>";

    public static TheoryData<string, string, string> Workers => new()
    {
        { "bot.py", "import time\nwhile True: time.sleep(1)\n", "" },
        { "index.js", "setInterval(() => console.log('x'), 1000)\n", "package.json" },
        { "Program.cs", "Console.WriteLine();\n", "W.csproj" },
        { "Procfile", "worker: python3 x.py\n", "app.py" },
        { "Procfile", "clock: python3 x.py\n", "requirements.txt" },
    };

    public static TheoryData<string, string, string> Servers => new()
    {
        { "bot.py", "import os\nport = os.environ['PORT']\n", "" },
        { "bot.py", "from http.server import HTTPServer\n", "" },
        { "index.js", "require('http').createServer().listen(process.env.PORT)\n", "package.json" },
        { "Program.cs", "new System.Net.Sockets.TcpListener(1);\n", "W.csproj" },
        { "start.sh", "exec ./server\n", "" },
        { "Procfile", "worker: server --port $PORT\n", "app.py" },
        { "Procfile", "worker: x\nweb: gunicorn app:app\n", "app.py" },
        { "index.html", "<p>", "" },
    };

    [Theory]
    [MemberData(nameof(Workers))]
    public void Application_that_opens_no_port_is_a_worker(string file, string text, string other)
    {
        using var tree = Tree(file, text, other);
        var plan = tree.Built();
        Assert.Empty(plan.Ports);
        Assert.Equal("run.listens = true", plan.Decided("port").Override);
        Assert.Equal(8080, Assert.Single(tree.Built(Config("[run]\nlistens = true")).Ports).Port);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public void Application_that_may_open_a_port_has_one(string file, string text, string other)
    {
        using var tree = Tree(file, text, other);
        Assert.Equal(8080, Assert.Single(tree.Built().Ports).Port);
    }

    [Theory]
    [InlineData("[port.web]\ncontainer = 9000", 9000)]
    [InlineData("[healthcheck]\nhttp = \"/\"", 8080)]
    public void Configuration_that_names_the_port_decides(string text, int port)
    {
        using var tree = Tree("bot.py", "pass\n", "");
        Assert.Equal(port, Assert.Single(tree.Built(Config(text)).Ports).Port);
    }

    [Fact]
    public void Worker_keeps_its_other_ports()
    {
        using var tree = Tree("bot.py", "pass\n", "");
        Assert.Equal("metrics", Assert.Single(tree.Built(Config("[port.metrics]\ncontainer = 9100\nhost = 9100")).Ports).Name);
    }

    [Fact]
    public void Server_is_a_worker_when_the_author_says_so()
    {
        using var tree = Tree("app.py", Flask, "requirements.txt");
        Assert.Empty(tree.Built(Config("[run]\nlistens = false")).Ports);
        Assert.Equal("NUA2045", tree.Error(Config("[run]\nlistens = false\n[port.web]\ncontainer = 80")).Code);
    }

    private static AppConfig Config(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes("[metadata]\nid = \"a\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n" + text + "\n");
        var read = ConfigReader.ReadText("nua-config.toml", bytes);
        Assert.Empty(read.Problems);
        return read.Config!;
    }

    private static AppTree Tree(string file, string text, string other) => other switch
    {
        "" => AppTree.Empty().With(file, text),
        "package.json" => AppTree.Empty().With(file, text).With(other, """{"main":"index.js"}"""),
        "W.csproj" => AppTree.Empty().With(file, text).With(other, Worker),
        "app.py" => AppTree.Empty().With(file, text).With(other, Flask).With("requirements.txt", "flask==3\n"),
        _ => AppTree.Empty().With(file, text).With(other, "flask==3\n"),
    };
}
