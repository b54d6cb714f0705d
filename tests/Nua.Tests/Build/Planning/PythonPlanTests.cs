using Nua.Build.Planning;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class PythonPlanTests
{
    private const string UvLock = """
        version = 1
        [[package]]
        name = "blog"
        source = { virtual = "." }
        dependencies = [{ name = "uvicorn", extra = ["standard"] }]
        [[package]]
        name = "uvicorn"
        version = "0.30.0"
        source = { registry = "https://index.example/simple" }
        dependencies = [{ name = "click" }]
        sdist = { url = "https://files.example/uvicorn-0.30.0.tar.gz", hash = "sha256:aa" }
        wheels = [{ url = "https://files.example/uvicorn-0.30.0-py3-none-any.whl", hash = "sha256:bb" }]
        [package.optional-dependencies]
        standard = [{ name = "httptools" }]
        [[package]]
        name = "click"
        version = "8.1.7"
        wheels = [{ url = "https://files.example/click-8.1.7-py3-none-any.whl", hash = "sha256:cc" }]
        [[package]]
        name = "httptools"
        version = "0.6.4"
        wheels = [
          { url = "https://files.example/httptools-0.6.4-cp313-cp313-win_amd64.whl", hash = "sha256:dd" },
          { url = "https://files.example/httptools-0.6.4-cp313-cp313-manylinux_2_17_x86_64.whl", hash = "sha256:ee" },
        ]
        [[package]]
        name = "pytest"
        version = "8.0.0"
        wheels = [{ url = "https://files.example/pytest-8.0.0-py3-none-any.whl", hash = "sha256:ff" }]
        """;

    private const string PoetryLock = """
        [[package]]
        name = "uvicorn"
        version = "0.30.0"
        files = [{file = "uvicorn-0.30.0-py3-none-any.whl", hash = "sha256:bb"}]
        [package.dependencies]
        click = ">=7.0"
        httptools = {version = ">=0.5.0", optional = true, markers = "extra == \"standard\""}
        [package.extras]
        standard = ["httptools (>=0.5.0)"]
        [[package]]
        name = "click"
        version = "8.1.7"
        files = [{file = "click-8.1.7-py3-none-any.whl", hash = "sha256:cc"}]
        [[package]]
        name = "httptools"
        version = "0.6.4"
        files = [
          {file = "httptools-0.6.4-cp313-cp313-macosx_11_0_arm64.whl", hash = "sha256:dd"},
          {file = "httptools-0.6.4-cp313-cp313-manylinux_2_17_x86_64.whl", hash = "sha256:ee"},
        ]
        """;

    /// <summary>Manifest, lock file and what it holds; the packages of an extra are among those that are needed.</summary>
    [Theory]
    [InlineData("[project]\nname=\"blog\"\ndependencies=[\"uvicorn[standard]\"]\n", "uv.lock", UvLock, " --hash=sha256:aa")]
    [InlineData("[tool.poetry.dependencies]\nuvicorn = {version=\"^0.30\", extras=[\"standard\"]}\n", "poetry.lock", PoetryLock, "")]
    public void Lock_file_with_hashes_is_installed_with_them(string manifest, string name, string text, string ofSource)
    {
        using var tree = AppTree.Empty("blog").With("pyproject.toml", manifest).With(name, text).With("main.py",
            "from fastapi import FastAPI\napp = FastAPI()\n");
        var steps = tree.Built().Phase("dependencies").Steps;
        Assert.Equal(
            ["click==8.1.7 --hash=sha256:cc", "httptools==0.6.4 --hash=sha256:ee", $"uvicorn==0.30.0{ofSource} --hash=sha256:bb"],
            steps[1].Argv.Skip(4));
        Assert.Contains("--require-hashes --no-deps -r /nua/build/dist/requirements.txt", string.Join(' ', steps[2].Argv), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flask\n")]
    [InlineData("flask\ngunicorn\n")]
    public void Server_of_Debian_is_run_by_the_virtual_environment_that_sees_the_application(string requirements)
    {
        using var tree = AppTree.Empty().With("requirements.txt", requirements).With("app.py", "from flask import Flask\napp = Flask('x')\n");
        var config = new AppConfig { Run = new RunConfig { Packages = ["python3-flask", "gunicorn"] } };
        Assert.StartsWith("/nua/venv/bin/python3 -m gunicorn --bind", tree.Built(config).StartLine(), StringComparison.Ordinal);
        var own = config with { Run = config.Run with { Packages = ["python3-flask"] } };
        Assert.StartsWith("/nua/venv/bin/gunicorn --bind", tree.Built(own).StartLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Django_of_Debian_comes_with_what_its_static_files_are_links_to()
    {
        using var tree = AppTree.Empty().With("manage.py", "import django\n");
        var config = new AppConfig { Run = new RunConfig { Packages = ["python3-django"], Start = ["python3 manage.py runserver"] } };
        Assert.Contains("libjs-jquery", tree.Built(config).RunPackages);
        Assert.DoesNotContain("libjs-jquery", tree.Built(config with { Run = config.Run with { Packages = [] } }).RunPackages);
    }

    [Fact]
    public void Lock_file_that_lacks_a_hash_is_installed_by_version()
    {
        using var tree = AppTree.Empty("blog").With("pyproject.toml", "[project]\nname=\"blog\"\ndependencies=[\"uvicorn[standard]\"]\n")
            .With("uv.lock", UvLock.Replace(", hash = \"sha256:cc\"", "", StringComparison.Ordinal)).With("main.py", "from fastapi import FastAPI\napp = FastAPI()\n");
        Assert.EndsWith("click==8.1.7 httptools==0.6.4 uvicorn==0.30.0", string.Join(' ', tree.Built().Phase("dependencies").Steps[1].Argv));
    }

    /// <summary>pip wants a hash for everything that one call installs.</summary>
    [Fact]
    public void Server_that_is_added_is_installed_apart_from_what_has_hashes()
    {
        using var tree = AppTree.Empty("blog").With("requirements.txt", "flask==3.0.0 --hash=sha256:aa\n")
            .With("app.py", "from flask import Flask\napp = Flask('x')\n");
        var steps = tree.Built().Phase("dependencies").Steps.Select(step => step.Title).ToList();
        Assert.Equal(["pip install -r requirements.txt", "pip install gunicorn"], steps.Skip(1).Take(2));
    }

    private const string Pip = "/usr/bin/python3 -m pip --python /nua/venv/bin/python install --no-compile";
    private const string Flask = "from flask import Flask\napp = Flask(__name__)\n";

    private static AppConfig With(BuildConfig build) => new() { Build = build };

    [Fact]
    public void Script_of_the_standard_library_needs_no_build_at_all()
    {
        using var tree = AppTree.Empty("notes").With("app.py", """
            import json, os
            import sqlite3
            from http.server import ThreadingHTTPServer
            if __name__ == "__main__":
                pass
            """);
        var plan = tree.Built();
        Assert.Equal("python", plan.Stack.Name);
        Assert.Empty(plan.Phases);
        Assert.Empty(plan.BuildPackages);
        Assert.Equal(["python3"], plan.RunPackages);
        Assert.Equal("python3 /nua/app/app.py", plan.StartLine());
        Assert.Equal("nua-notes", plan.App.ImageName);
        Assert.Equal("/nua/build/src", Assert.Single(plan.Collects).From);
    }

    [Fact]
    public void Script_that_speaks_tls_gets_certificates()
    {
        using var tree = AppTree.Empty().With("main.py", "import urllib.request\n");
        Assert.Contains("ca-certificates", tree.Built().RunPackages);
    }

    [Fact]
    public void Requirements_go_to_the_virtual_environment_and_are_kept_until_they_change()
    {
        using var tree = AppTree.Empty().With("app.py", Flask)
            .With("requirements.txt", "-r base.txt\nflask==3.1.0  # web\n--hash=x\n")
                .With("base.txt", "gunicorn==23.0.0 \\\n    --hash=sha256:ab\n");
        var plan = tree.Built();
        var phase = Assert.Single(plan.Phases);
        Assert.Equal(["requirements.txt", "base.txt"], phase.Inputs);
        Assert.True(phase.Network);
        Assert.Equal(["pip"], phase.Caches);
        Assert.Equal("/usr/bin/python3 -m venv --without-pip /nua/venv", plan.Commands()[0]);
        Assert.Equal($"{Pip} -r requirements.txt", plan.Commands()[1]);
        Assert.Contains("UNCHECKED_HASH", plan.Commands()[2]);
        Assert.Equal("/nua/venv/bin/gunicorn --bind 0.0.0.0:$PORT --access-logfile - app:app", plan.StartLine());
        Assert.Contains("python3-pip", plan.BuildPackages);
        Assert.DoesNotContain("python3-pip", plan.RunPackages);
        Assert.Contains(plan.Collects, collect => collect is { From: "/nua/venv", Layer: LayerKind.Dependencies });
        Assert.Empty(tree.Codes());
    }

    [Fact]
    public void Server_is_added_when_none_is_declared()
    {
        using var tree = AppTree.Empty().With("app.py", Flask).With("requirements.txt", "flask\n");
        var plan = tree.Built();
        Assert.Equal($"{Pip} -r requirements.txt gunicorn", plan.Commands()[1]);
        Assert.Contains("no server for WSGI is declared", plan.Decided("web server").Because);
        Assert.Contains("NUA2028", tree.Codes());
    }

    [Fact]
    public void Django_starts_its_wsgi_application_and_leaves_migrations_to_upgrade()
    {
        using var tree = AppTree.Empty()
            .With("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site1.settings')\n")
            .With("site1/__init__.py").With("site1/settings.py")
            .With("site1/wsgi.py",
                "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n")
            .With("site1/asgi.py",
                "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n")
            .With("requirements.txt", "Django==5.2\ngunicorn==23.0\n");
        var plan = tree.Built();
        Assert.EndsWith("site1.wsgi:application", plan.StartLine());
        Assert.Contains("lifecycle.upgrade", plan.Decided("migrations").Override);
    }

    [Fact]
    public void Pep621_dependencies_are_words_of_the_command()
    {
        using var tree = AppTree.Empty().With("main.py", "from fastapi import FastAPI\napp = FastAPI()\n")
            .With("pyproject.toml",
                "[project]\nname = \"svc\"\nversion = \"0.3\"\ndependencies = [\"fastapi>=0.110\", \"uvicorn[standard]\"]\n");
        var plan = tree.Built();
        Assert.Equal($"{Pip} fastapi>=0.110 uvicorn[standard]", plan.Commands()[1]);
        Assert.Empty(plan.Phase("dependencies").Inputs!);
        Assert.Equal("/nua/venv/bin/uvicorn --host 0.0.0.0 --port $PORT main:app", plan.StartLine());
        Assert.Equal(("svc", "0.3"), (plan.App.Id, plan.App.Version));
    }

    [Fact]
    public void Package_is_installed_offline_after_its_backend_was_fetched()
    {
        using var tree = AppTree.Empty().With("src/tool/__init__.py").With("pyproject.toml", """
            [build-system]
            requires = ["flit_core >=3.4"]
            build-backend = "flit_core.buildapi"
            [project]
            name = "tool"
            version = "1"
            dependencies = ["requests==2.32.0"]
            [project.scripts]
            tool = "tool:main"
            """);
        var plan = tree.Built();
        Assert.Equal(["dependencies", "application"], plan.Phases.Select(phase => phase.Name));
        Assert.Contains("/usr/bin/python3 -m pip install --no-compile --target /nua/build/dist/backend flit_core >=3.4", plan
            .Commands());
        Assert.False(plan.Phase("application").Network);
        Assert.Equal($"{Pip} --no-deps --no-build-isolation --no-index .", string
            .Join(' ', plan.Phase("application").Steps[0].Argv));
        Assert.Equal("/nua/venv/bin/tool", plan.StartLine());
    }

    [Fact]
    public void Backend_that_debian_has_is_not_fetched()
    {
        using var tree = AppTree.Empty().With("tool/__init__.py").With("pyproject.toml", """
            [build-system]
            requires = ["setuptools>=61"]
            build-backend = "setuptools.build_meta"
            [project]
            name = "tool"
            version = "1"
            scripts = { tool = "tool:main" }
            """);
        var plan = tree.Built();
        Assert.All(plan.Phases, phase => Assert.False(phase.Network));
        Assert.Contains("python3-setuptools", plan.BuildPackages);
        Assert.Equal("/usr/lib/python3/dist-packages", plan.Phase("application").Steps[0].Env["PYTHONPATH"]);
        Assert.Contains("**/*.egg-info", plan.Collects[^1].Exclude);
    }

    [Fact]
    public void Poetry_ranges_are_pips_and_its_lock_file_wins()
    {
        const string manifest = """
            [tool.poetry]
            name = "shop"
            version = "2"
            [tool.poetry.dependencies]
            python = "^3.11"
            flask = "^3.0.1"
            click = {version = "~8.1", optional = true}
            gunicorn = "*"
            """;
        using var tree = AppTree.Empty().With("app.py", Flask).With("pyproject.toml", manifest);
        Assert.Equal($"{Pip} flask>=3.0.1,<4 gunicorn", tree.Built().Commands()[1]);
        tree.With("poetry.lock", """
            [[package]]
            name = "Flask"
            version = "3.0.3"
            [package.dependencies]
            colorama = {version = "*", markers = "sys_platform == 'win32'"}
            Werkzeug = ">=3"
            [[package]]
            name = "werkzeug"
            version = "3.0.4"
            [[package]]
            name = "colorama"
            version = "0.4.6"
            [[package]]
            name = "gunicorn"
            version = "23.0.0"
            [[package]]
            name = "pytest"
            version = "8.0.0"
            """);
        Assert.Equal(
            [.. Pip.Split(' '), "colorama==0.4.6 ; sys_platform == 'win32'", "flask==3.0.3", "gunicorn==23.0.0",
                "werkzeug==3.0.4"],
            tree.Built().Phases[0].Steps[1].Argv);
        Assert.DoesNotContain("NUA2028", tree.Codes());
    }

    [Fact]
    public void Uv_lock_is_followed_from_the_projects_own_list()
    {
        using var tree = AppTree.Empty()
            .With("main.py", "from starlette.applications import Starlette\napp = Starlette()\n")
            .With("pyproject.toml",
                "[project]\nname=\"x\"\nversion=\"1\"\ndependencies=[\"starlette\",\"hypercorn\"]\n")
            .With("uv.lock", """
                version = 1
                [[package]]
                name = "x"
                version = "1"
                source = { virtual = "." }
                [[package]]
                name = "starlette"
                version = "0.46.0"
                dependencies = [{ name = "anyio" }]
                [[package]]
                name = "anyio"
                version = "4.9.0"
                [[package]]
                name = "hypercorn"
                version = "0.17.3"
                [[package]]
                name = "ruff"
                version = "0.1"
                """);
        var plan = tree.Built();
        Assert.Equal($"{Pip} anyio==4.9.0 hypercorn==0.17.3 starlette==0.46.0", plan.Commands()[1]);
        Assert.Equal("/nua/venv/bin/hypercorn --bind 0.0.0.0:$PORT main:app", plan.StartLine());
    }

    [Fact]
    public void Pipfile_lock_gives_exact_versions()
    {
        using var tree = AppTree.Empty().With("app.py", Flask)
            .With("Pipfile", "[packages]\nflask = \"*\"\n[requires]\npython_version = \"3.9\"\n")
            .With("Pipfile.lock",
                """{"default":{"flask":{"version":"==3.0.0"},"gunicorn":{"version":"==22.0.0","markers":"python_version >= '3.7'"}}}""");
        Assert.Contains("flask==3.0.0", tree.Built().Phases[0].Steps[1].Argv);
        Assert.Contains("gunicorn==22.0.0 ; python_version >= '3.7'", tree.Built().Phases[0].Steps[1].Argv);
        Assert.Contains("NUA2017", tree.Codes());
    }

    [Fact]
    public void Setup_files_are_read()
    {
        using var tree = AppTree.Empty().With("setup.py", """
            from setuptools import setup
            setup(name="hello", entry_points={"console_scripts": ["hello-web=hello:main"]})
            """).With("hello/__init__.py");
        var plan = tree.Built();
        Assert.Equal("/nua/venv/bin/hello-web", plan.StartLine());
        Assert.Equal("hello", plan.App.Id);
    }

    [Fact]
    public void Wheels_of_the_folder_are_installed()
    {
        using var tree = AppTree.Empty().With("demo-1.0-py3-none-any.whl").With("main.py", "import demo\n");
        var plan = tree.Built();
        Assert.Equal($"{Pip} ./demo-1.0-py3-none-any.whl", plan.Commands()[1]);
        Assert.Equal(["demo-1.0-py3-none-any.whl"], plan.Phases[0].Inputs);
    }

    [Fact]
    public void Pip_install_globs_are_expanded()
    {
        using var tree = AppTree.Empty().With("dist/a-1-py3-none-any.whl").With("dist/b-1-py3-none-any.whl")
            .With("main.py");
        var plan = tree.Built(With(new BuildConfig { PipInstall = ["dist/*.whl", "flask==3.1.0"] }));
        Assert.Equal($"{Pip} ./dist/a-1-py3-none-any.whl ./dist/b-1-py3-none-any.whl flask==3.1.0", plan.Commands()[1]);
        Assert.Equal("NUA2030", tree.Error(With(new BuildConfig { PipInstall = ["wheels/*.whl"] })).Code);
    }

    [Fact]
    public void Debian_packages_of_python_are_visible()
    {
        using var tree = AppTree.Empty().With("app.py", Flask).With("requirements.txt", "flask==3.1.0\n");
        var config = new AppConfig { Run = new RunConfig { Packages = ["python3-psycopg2"] } };
        Assert.Equal("/usr/bin/python3 -m venv --without-pip --system-site-packages /nua/venv", tree.Built(config)
            .Commands()[0]);
    }

    [Fact]
    public void Native_packages_bring_compilers_to_the_build_and_libraries_to_the_image()
    {
        using var tree = AppTree.Empty().With("app.py", Flask)
            .With("requirements.txt", "flask==3\ngunicorn==23\npsycopg2==2.9.9\n");
        var plan = tree.Built();
        Assert.Contains("libpq-dev", plan.BuildPackages);
        Assert.Contains("libpq5", plan.RunPackages);
    }

    [Fact]
    public void Undeclared_import_is_a_warning()
    {
        using var tree = AppTree.Empty().With("main.py", "import requests\nimport local\nimport sqlite3\n")
            .With("local.py");
        Assert.Equal(["NUA2018"], tree.Codes());
    }

    [Fact]
    public void Server_of_the_authors_command_is_installed()
    {
        using var tree = AppTree.Empty().With("app.py", Flask).With("requirements.txt", "flask==3\n");
        var config = new AppConfig { Run = new RunConfig { Start = ["gunicorn -w 2 app:app"] } };
        var plan = tree.Built(config);
        Assert.Equal($"{Pip} -r requirements.txt gunicorn", plan.Commands()[1]);
        Assert.Equal("gunicorn -w 2 app:app", plan.StartLine());
    }

    [Theory]
    [InlineData("^3.11", false)]
    [InlineData(">=3.8,<3.12", true)]
    [InlineData(">=3.8", false)]
    [InlineData("==3.13.*", false)]
    [InlineData("~=3.10", false)]
    [InlineData("!=3.13.*", true)]
    [InlineData("weird", false)]
    public void Python_that_debian_does_not_have_is_a_warning(string asked, bool warns)
    {
        using var tree = AppTree.Empty().With("main.py")
            .With("pyproject.toml", $"[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \"{asked}\"\n");
        Assert.Equal(warns, tree.Codes().Contains("NUA2017"));
    }

    [Fact]
    public void Broken_toml_is_an_error_with_its_place()
    {
        using var tree = AppTree.Empty().With("pyproject.toml", "[project]\nname = \n");
        Assert.Equal("NUA2010", tree.Error().Code);
        Assert.StartsWith("./pyproject.toml:2:", tree.Error().Where);
    }
}
