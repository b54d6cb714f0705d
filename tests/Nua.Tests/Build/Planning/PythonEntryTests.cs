using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class PythonEntryTests
{
    private static string Start(params (string Path, string Text)[] files)
    {
        using var tree = AppTree.Empty().With("requirements.txt", "gunicorn==1\nuvicorn==1\n");
        foreach (var (path, text) in files)
        {
            tree.With(path, text);
        }

        return tree.Built().StartLine();
    }

    [Fact]
    public void File_that_a_server_imports_is_enough()
    {
        using var tree = AppTree.Empty().With("wsgi.py", "def application(environ, start_response):\n    return []\n");
        Assert.Equal("python", tree.Built().Stack.Name);
        Assert.Contains("wsgi:application", tree.Built().StartLine(), StringComparison.Ordinal);
        using var none = AppTree.Empty().With("wsgi.py", "x = 1\n");
        Assert.Equal("NUA2002", none.Error().Code);
    }

    [Theory]
    [InlineData("import flask\nserver = flask.Flask(__name__)", "app.py", "gunicorn", "app:server")]
    [InlineData("import flask as f\napp: f.Flask = f.Flask(__name__)", "main.py", "gunicorn", "main:app")]
    [InlineData("from flask import (\n    Flask as F,  # the class\n    request,\n)\napplication = F(\n  __name__\n)",
        "web.py", "gunicorn", "web:application")]
    [InlineData("from fastapi import FastAPI\nx = 1\napp = FastAPI(title=\"a # b = Flask()\")", "main.py", "uvicorn",
        "main:app")]
    [InlineData("from fasthtml.common import *\napp, rt = fast_app()", "main.py", "uvicorn", "main:app")]
    [InlineData("from dash import Dash\napp = Dash(__name__)\nserver = app.server", "app.py", "gunicorn", "app:server")]
    [InlineData("import falcon.asgi\napp = falcon.asgi.App()", "app.py", "uvicorn", "app:app")]
    [InlineData("import falcon\napp = falcon.App()", "app.py", "gunicorn", "app:app")]
    [InlineData("def application(environ, start_response):\n    return []", "app.py", "gunicorn", "app:application")]
    [InlineData("async def app(scope, receive, send):\n    pass", "app.py", "uvicorn", "app:app")]
    [InlineData("from flask import Flask\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app",
        "app.py", "gunicorn", "app:create_app()")]
    [InlineData("from flask import Flask\ndef create_app():\n    return Flask('x')\napp = create_app()", "app.py",
        "gunicorn", "app:app")]
    public void Object_is_found_by_reading_the_code(string code, string file, string server, string target)
    {
        var start = Start((file, code));
        Assert.StartsWith("/nua/venv/bin/" + server, start);
        Assert.EndsWith(" " + target, start);
    }

    [Theory]
    [InlineData("\"\"\"\nfrom flask import Flask\napp = Flask()\n\"\"\"\n")]
    [InlineData("# app = Flask()\n")]
    [InlineData("def f():\n    from flask import Flask\n    app = Flask()\n")]
    [InlineData("app == Flask()\n")]
    [InlineData("text = 'app = Flask()'\n")]
    public void Text_that_only_looks_like_it_is_not_taken(string code) =>
        Assert.Equal("python3 /nua/app/app.py", Start(("app.py", code)));

    [Fact]
    public void Factory_of_asgi_is_named_as_one() =>
        Assert.Equal("/nua/venv/bin/uvicorn --host 0.0.0.0 --port $PORT --factory app:create_app",
            Start(("app.py", "from fastapi import FastAPI\ndef create_app():\n    return FastAPI()\n")));

    [Fact]
    public void File_made_for_servers_comes_first() =>
        Assert.EndsWith(" wsgi:app", Start(("app.py", "from flask import Flask\napp = Flask('x')"),
            ("wsgi.py", "from app import app\n")));

    [Fact]
    public void Imported_factory_is_followed() =>
        Assert.EndsWith(" wsgi:app",
            Start(("shop/__init__.py", "from flask import Flask\ndef create_app(): return Flask('x')"),
            ("wsgi.py", "from shop import create_app\napp = create_app()\n")));

    [Fact]
    public void Package_is_named_from_its_top() =>
        Assert.EndsWith(" shop.web.main:app", Start(("shop/__init__.py", ""), ("shop/web/__init__.py", ""),
            ("shop/web/main.py", "from fastapi import FastAPI\napp = FastAPI()")));

    [Fact]
    public void Source_folder_is_on_the_import_path()
    {
        using var tree = AppTree.Empty().With("requirements.txt", "uvicorn==1").With("src/shop/__init__.py")
            .With("src/shop/main.py", "from fastapi import FastAPI\napp = FastAPI()");
        var plan = tree.Built();
        Assert.EndsWith(" shop.main:app", plan.StartLine());
        Assert.Equal("/nua/app/src", plan.StackEnv["PYTHONPATH"]);
    }

    [Fact]
    public void Folder_whose_files_import_each_other_is_the_working_folder()
    {
        using var tree = AppTree.Empty().With("requirements.txt", "uvicorn==1").With("backend/db.py")
            .With("backend/main.py", "import db\nfrom fastapi import FastAPI\napp = FastAPI()");
        var plan = tree.Built();
        Assert.EndsWith(" main:app", plan.StartLine());
        Assert.Equal("/nua/app/backend", plan.Start.WorkDir);
    }

    [Fact]
    public void Tests_and_examples_are_not_looked_at() =>
        Assert.Equal("python3 /nua/app/main.py",
            Start(("main.py", ""), ("tests/app.py", "from flask import Flask\napp = Flask('x')")));

    [Fact]
    public void Broken_code_is_read_as_far_as_it_goes() =>
        Assert.EndsWith(" app:app",
            Start(("app.py",
            "print 'old'\nx = (((\nfrom flask import Flask\n)))\ny = 'open\nfrom flask import Flask\napp = Flask(__name__)\nend = \"\"\"never closed")));

    [Fact]
    public void Streamlit_page_is_run_by_streamlit()
    {
        using var tree = AppTree.Empty().With("requirements.txt", "streamlit==1.40")
            .With("app.py", "import streamlit as st\n");
        Assert.StartsWith("/nua/venv/bin/streamlit run /nua/app/app.py --server.port=$PORT", tree.Built().StartLine());
    }

    [Fact]
    public void Thousands_of_modules_are_bounded()
    {
        using var tree = AppTree.Empty().With("requirements.txt", "gunicorn==1")
            .With("zz/app.py", "from flask import Flask\napp = Flask('x')").With("main.py");
        for (var i = 0; i < 1500; i++)
        {
            tree.With($"aa/m{i}.py", "x = 1\n");
        }

        Assert.Equal("python3 /nua/app/main.py", tree.Built().StartLine());
    }
}
