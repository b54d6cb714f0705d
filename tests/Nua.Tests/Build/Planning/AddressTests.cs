using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Where an application listens: what its command or its code says, made reachable from outside its container.</summary>
public sealed class AddressTests
{
    private static (string Start, int Port) Of(string start, AppConfig? config = null)
    {
        using var tree = AppTree.Empty().With("start.sh", "exec x\n");
        var plan = tree.Built((config ?? new AppConfig()) with { Run = new RunConfig { Start = [start] } });
        return (plan.Start.Argv.Count > 0 ? plan.StartLine() : string.Join(" && ", plan.Start.Shell), Assert.Single(plan.Ports).Port);
    }

    [Theory]
    [InlineData("gunicorn --bind 0.0.0.0:5000 app:app", "gunicorn --bind 0.0.0.0:$PORT app:app", 5000)]
    [InlineData("gunicorn -b :8000 app:app", "gunicorn -b :$PORT app:app", 8000)]
    [InlineData("gunicorn --bind=127.0.0.1:8000 app:app", "gunicorn --bind=0.0.0.0:$PORT app:app", 8000)]
    [InlineData("gunicorn --bind unix:/run/x.sock app:app", "gunicorn --bind unix:/run/x.sock app:app", 8080)]
    [InlineData("gunicorn -w 4 app:app", "gunicorn -w 4 app:app", 8080)]
    [InlineData("uvicorn app:app", "uvicorn app:app --host 0.0.0.0 --port $PORT", 8080)]
    [InlineData("uvicorn app:app --host 0.0.0.0 --port 8000", "uvicorn app:app --host 0.0.0.0 --port $PORT", 8000)]
    [InlineData("python3 -m uvicorn app:app --host=localhost --port=3000", "python3 -m uvicorn app:app --host=0.0.0.0 --port=$PORT", 3000)]
    [InlineData("flask run", "flask run --host 0.0.0.0 --port $PORT", 8080)]
    [InlineData("flask run -h 0.0.0.0 -p 5001", "flask run -h 0.0.0.0 -p $PORT", 5001)]
    [InlineData("python3 manage.py runserver 0.0.0.0:8000", "python3 manage.py runserver 0.0.0.0:$PORT", 8000)]
    [InlineData("python3 manage.py runserver", "python3 manage.py runserver 0.0.0.0:$PORT", 8080)]
    [InlineData("python3 -m http.server", "python3 -m http.server $PORT", 8080)]
    [InlineData("python3 -m http.server 9000 -d site", "python3 -m http.server $PORT -d site", 9000)]
    [InlineData("php -S localhost:8000 -t public", "php -S 0.0.0.0:$PORT -t public", 8000)]
    [InlineData("waitress-serve --port=8041 wsgi:app", "waitress-serve --port=$PORT wsgi:app", 8041)]
    [InlineData("waitress-serve wsgi:app", "waitress-serve --port=$PORT wsgi:app", 8080)]
    [InlineData("PORT=3000 node server.js", "node server.js", 3000)]
    [InlineData("A=b PORT=3000 node server.js", "env A=b node server.js", 3000)]
    [InlineData("node work.js -p 5000", "node work.js -p 5000", 8080)]
    [InlineData("gunicorn --bind 0.0.0.0:$PORT app:app", "gunicorn --bind 0.0.0.0:$PORT app:app", 8080)]
    [InlineData("streamlit run app.py --server.port 8501", "streamlit run app.py --server.port $PORT --server.address 0.0.0.0", 8501)]
    public void Command_takes_the_port_that_it_is_given(string written, string start, int port)
    {
        Assert.Equal((start, port), Of(written));
    }

    [Fact]
    public void Last_line_of_a_shell_does_too()
    {
        using var tree = AppTree.Empty().With("start.sh");
        var plan = tree.Built(new AppConfig { Run = new RunConfig { Start = ["mkdir -p /tmp/x", "uvicorn --port 4000 app:app"] } });
        Assert.Equal(["mkdir -p /tmp/x", "uvicorn --port $PORT app:app --host 0.0.0.0"], plan.Start.Shell);
        Assert.Equal(4000, plan.Ports[0].Port);
    }

    [Fact]
    public void Another_port_of_the_configuration_leaves_the_command_as_it_is()
    {
        var config = new AppConfig { Ports = [new PortConfig("web") { Container = 9000 }] };
        Assert.Equal(("gunicorn -b :8000 app:app", 9000), Of("gunicorn -b :8000 app:app", config));
        Assert.Equal(("gunicorn -b :$PORT app:app", 8000), Of("gunicorn -b :8000 app:app",
            new AppConfig { Ports = [new PortConfig("web") { Container = 8000 }] }));
    }

    [Theory]
    [InlineData("const app = require('express')(); app.listen(3000)", 3000, false)]
    [InlineData("const port = 3001;\napp.listen(port, () => {})", 3001, false)]
    [InlineData("fastify.listen({ port: 4000, host: '0.0.0.0' })", 4000, false)]
    [InlineData("const hostname = '127.0.0.1';\nserver.listen(3002, hostname)", 3002, true)]
    [InlineData("app.listen(process.env.PORT || 3000)", 8080, false)]
    [InlineData("const { PORT = 3000 } = process.env; app.listen(PORT)", 8080, false)]
    [InlineData("const db = {port: 5432}; app.listen(3003)", 3003, false)]
    public void Port_of_the_code_is_the_default(string code, int port, bool warns)
    {
        using var tree = AppTree.Empty().With("package.json", """{"main":"index.js","dependencies":{"express":"4"}}""").With("index.js", code);
        Assert.Equal(port, Assert.Single(tree.Built().Ports).Port);
        Assert.Equal(warns, tree.Codes().Contains("NUA2047"));
    }

    [Theory]
    [InlineData("import tornado.web\napp = tornado.web.Application()\napp.listen(8888)\n", 8888, false)]
    [InlineData("from http.server import HTTPServer\nHTTPServer(('', 8001), H).serve_forever()\n", 8001, false)]
    [InlineData("from http.server import HTTPServer\nPORT = 8002\nHTTPServer(('localhost', PORT), H).serve_forever()\n", 8002, true)]
    [InlineData("import os\nfrom aiohttp import web\nweb.run_app(app, port=int(os.getenv('PORT', 9000)))\n", 8080, false)]
    [InlineData("from aiohttp import web\nweb.run_app(app, host='0.0.0.0', port=9001)\n", 9001, false)]
    public void Port_of_a_Python_script_is_the_default(string code, int port, bool warns)
    {
        using var tree = AppTree.Empty().With("main.py", code);
        Assert.Equal(port, Assert.Single(tree.Built().Ports).Port);
        Assert.Equal(warns, tree.Codes().Contains("NUA2047"));
    }

    [Theory]
    [InlineData("appsettings.json", """{"Kestrel":{"Endpoints":{"Http":{"Url":"http://*:5080"}}}}""", 5080, false)]
    [InlineData("Program.cs", "var app = b.Build(); app.Run(\"http://localhost:3000\");", 3000, true)]
    [InlineData("Program.cs", "b.WebHost.UseUrls(\"http://0.0.0.0:5005\");", 5005, false)]
    [InlineData("Program.cs", "app.Run();", 8080, false)]
    public void Address_of_Kestrel_is_the_default(string file, string text, int port, bool warns)
    {
        using var tree = AppTree.Empty().With("W.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>")
            .With(file, text);
        Assert.Equal(port, Assert.Single(tree.Built().Ports).Port);
        Assert.Equal(warns, tree.Codes().Contains("NUA2047"));
    }
}
