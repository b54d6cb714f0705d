using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Packages that setuptools' own files name, and how a Python application is found that no framework tells.</summary>
public sealed class PythonSetupTests
{
    private const string Flask = "from flask import Flask\napp = Flask('x')\n";

    [Theory]
    [InlineData("install_requires=['Flask>=2', \"requests; python_version >= '3.8'\", # comment\n  'gunicorn',],")]
    [InlineData("install_requires = ('Flask>=2', \"requests; python_version >= '3.8'\", 'gunicorn'),")]
    [InlineData("install_requires=REQUIRES,")]
    public void Requirements_of_setup_py_are_installed(string argument)
    {
        using var tree = AppTree.Empty().With("guestbook/__init__.py", Flask).With("setup.py", $"""
            from setuptools import setup
            REQUIRES = ['Flask>=2', "requests; python_version >= '3.8'", 'gunicorn']
            setup(name='guestbook', version='1.2', {argument}
                entry_points={"{'console_scripts': ['guestbook=guestbook:main']}"})
            """);
        var plan = tree.Built();
        Assert.EndsWith("install --no-compile Flask>=2 requests; python_version >= '3.8' gunicorn", plan.Commands()[1], StringComparison.Ordinal);
        Assert.EndsWith("--no-deps --no-build-isolation --no-index .", plan.Commands()[3], StringComparison.Ordinal);
        Assert.False(plan.Phase("application").Network);
        Assert.Equal(("guestbook", "1.2"), (plan.App.Id, plan.App.Version));
    }

    [Theory]
    [InlineData("setup.py", "from setuptools import setup\nsetup(name='x', install_requires=open('r.in').read().split())\n")]
    [InlineData("setup.py", "from setuptools import setup\nR = ['a']\nR += ['b']\nsetup(name='x', install_requires=R)\n")]
    [InlineData("setup.py", "from setuptools import setup\nsetup(name='x', install_requires=['a'] + more)\n")]
    [InlineData("setup.cfg", "[metadata]\nname = x\n[options]\ninstall_requires = file: r.in\n")]
    [InlineData("pyproject.toml", "[project]\nname = \"x\"\ndynamic = [\"dependencies\"]\n[build-system]\nrequires = [\"setuptools\"]\n")]
    public void Requirements_that_a_program_computes_are_installed_with_the_application(string file, string text)
    {
        using var tree = AppTree.Empty().With(file, text).With("x.py", Flask);
        var phase = tree.Built().Phase("application");
        Assert.True(phase.Network);
        Assert.EndsWith("install --no-compile --no-build-isolation .", string.Join(' ', phase.Steps[0].Argv), StringComparison.Ordinal);
    }

    [Fact]
    public void Pyproject_that_only_names_the_backend_leaves_the_rest_to_setup_cfg()
    {
        using var tree = AppTree.Empty()
            .With("pyproject.toml", "[build-system]\nrequires = [\"setuptools>=45\", \"setuptools_scm>=6.2\"]\n[tool.black]\nline-length = 88\n")
            .With("setup.cfg", "[metadata]\nname = Lektor\nversion = 3\n[options]\ninstall_requires =\n  Flask\n  click>=6\n[options.entry_points]\nconsole_scripts =\n  lektor=lektor.cli:main\n")
            .With("lektor/cli.py");
        var plan = tree.Built();
        Assert.Equal("/nua/venv/bin/lektor", plan.StartLine());
        Assert.EndsWith("Flask click>=6", plan.Commands()[1], StringComparison.Ordinal);
        Assert.Contains("python3-setuptools-scm", plan.BuildPackages);
        Assert.Equal("3", plan.App.Version);
    }

    [Fact]
    public void Only_page_of_streamlit_needs_no_usual_name()
    {
        using var tree = AppTree.Empty().With("requirements.txt", "streamlit\n").With("Dashboard.py", "import streamlit as st\n")
            .With("helpers.py", "import os\n").With("pages/1_more.py", "import streamlit\n");
        Assert.Contains("run /nua/app/Dashboard.py", tree.Built().StartLine(), StringComparison.Ordinal);
        Assert.Equal("NUA2015", tree.With("Other.py", "import streamlit\n").Error().Code);
    }

    [Fact]
    public void Gradio_is_told_where_to_listen()
    {
        using var tree = AppTree.Empty().With("requirements.txt", "gradio\n").With("app.py", "import gradio\ngradio.Interface().launch()\n");
        Assert.Equal("env GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=$PORT python3 /nua/app/app.py", tree.Built().StartLine());
    }

    [Fact]
    public void Virtual_environment_of_any_name_stays_out()
    {
        using var tree = AppTree.Empty().With("app.py", Flask).With("requirements.txt", "flask\n").With("myenv/pyvenv.cfg", "home = /usr/bin\n");
        Assert.Contains("myenv", tree.Built().SourceIgnore);
    }

    [Theory]
    [InlineData("STATIC_ROOT = BASE_DIR / 'static'\n", true)]
    [InlineData("import os\nKEY = os.environ.get('KEY', 'x')\nSTATIC_ROOT = os.path.join(BASE_DIR, 'static')\n", true)]
    [InlineData("import os\nKEY = os.environ['KEY']\nSTATIC_ROOT = BASE_DIR / 'static'\n", false)]
    [InlineData("# STATIC_ROOT = 'x'\n", null)]
    [InlineData("STATIC_ROOT = '/var/www/static'\n", null)]
    public void Static_files_of_Django_are_collected_when_its_settings_can_be_read(string settings, bool? collects)
    {
        using var tree = AppTree.Empty().With("requirements.txt", "django\n").With("site/wsgi.py", "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n")
            .With("site/__init__.py").With("site/settings.py", settings).With("manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n");
        var plan = tree.Built();
        Assert.Equal(collects == true, plan.Phases.Any(phase => phase.Name == "static files" && !phase.Network));
        Assert.Equal(collects == false, plan.Decisions.Any(item => item.Subject == "static files" && item.Override!.Contains("KEY=x", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("python3-flask", "/usr/bin/gunicorn --bind 0.0.0.0:$PORT", "gunicorn")]
    [InlineData("python3-waitress", "/usr/bin/gunicorn --bind 0.0.0.0:$PORT", "gunicorn")]
    public void Application_on_Debians_packages_gets_Debians_server(string package, string start, string added)
    {
        using var tree = AppTree.Empty().With("app.py", Flask);
        var plan = tree.Built(new Nua.Config.AppConfig { Run = new Nua.Config.RunConfig { Packages = [package] } });
        Assert.StartsWith(start, plan.StartLine(), StringComparison.Ordinal);
        Assert.Contains(added, plan.RunPackages);
        Assert.Empty(plan.Phases);
    }
}
