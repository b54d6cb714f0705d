using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class DotnetPlanTests
{
    private static string Project(string sdk, string properties = "", string items = "") => $"""
        <Project Sdk="{sdk}">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework>{properties}</PropertyGroup>
          <ItemGroup>{items}</ItemGroup>
        </Project>
        """;

    private static string Web(string properties = "") => Project("Microsoft.NET.Sdk.Web", properties);

    private static string Library => Project("Microsoft.NET.Sdk");

    [Fact]
    public void Web_project_is_published_with_its_runtime()
    {
        using var tree = AppTree.Empty().With("Shop.csproj", Web()).With("Program.cs");
        var plan = tree.Built();
        Assert.Equal("dotnet", plan.Stack.Name);
        Assert.Equal(
            [
                "dotnet restore Shop.csproj -r linux-x64 -p:SelfContained=true -p:UseSharedCompilation=false",
                "dotnet publish Shop.csproj --no-restore -c Release -o /nua/build/dist/publish -r linux-x64 -p:SelfContained=true "
                    + "-p:UseSharedCompilation=false -p:ContinuousIntegrationBuild=true",
            ],
            plan.Commands());
        Assert.True(plan.Phase("dependencies").Network);
        Assert.Contains("**/*.csproj", plan.Phase("dependencies").Inputs!);
        Assert.False(plan.Phase("build").Network);
        Assert.Equal("env ASPNETCORE_HTTP_PORTS=$PORT /nua/app/Shop", plan.StartLine());
        Assert.Equal("/nua/build/dist/publish", plan.Collects[0].From);
        Assert.Equal(">=10.0.100", plan.Tool("dotnet-sdk").Version);
        Assert.False(plan.Tool("dotnet-sdk").InImage);
        Assert.Contains("libicu76", plan.RunPackages);
        Assert.Contains("**/obj", plan.SourceIgnore);
    }

    /// <summary>Without components in sight the SDK restores no Blazor scripts, and the pages load but do nothing.</summary>
    [Fact]
    public void Components_are_there_when_packages_are_restored()
    {
        using var tree = AppTree.Empty().With("src/Shop/Shop.csproj", Web()).With("src/Shop/Program.cs").With("src/Shop/Components/App.razor");
        Assert.Contains("**/*.razor", tree.Built().Phase("dependencies").Inputs!);
    }

    [Fact]
    public void Assembly_name_and_globalization_come_from_the_project_and_the_props_above()
    {
        using var tree = AppTree.Empty()
            .With("src/App/App.csproj",
            Project("Microsoft.NET.Sdk", "<OutputType>Exe</OutputType><AssemblyName>$(Company).App</AssemblyName>"))
            .With("Directory.Build.props",
                "<Project><PropertyGroup><Company>Acme</Company><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup></Project>");
        var plan = tree.Built();
        Assert.Equal("/nua/app/Acme.App", plan.StartLine());
        Assert.DoesNotContain("libicu76", plan.RunPackages);
        Assert.Equal("1", plan.StackEnv["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"]);
    }

    [Theory]
    [InlineData("All.sln",
        "Microsoft Visual Studio Solution File\nProject(\"{x}\") = \"Web\", \"src\\Web\\Web.csproj\", \"{1}\"\nEndProject\nProject(\"{x}\") = \"Lib\", \"src\\Lib\\Lib.csproj\", \"{2}\"\nEndProject\nProject(\"{x}\") = \"T\", \"test\\T\\T.csproj\", \"{3}\"\n")]
    [InlineData("All.slnx",
        "<Solution><Folder Name=\"/src/\"><Project Path=\"src/Web/Web.csproj\"/></Folder><Project Path=\"src/Lib/Lib.csproj\"/><Project Path=\"test/T/T.csproj\"/></Solution>")]
    public void Solution_leads_to_its_one_web_project(string file, string text)
    {
        using var tree = AppTree.Empty().With(file, text).With("src/Web/Web.csproj", Web())
            .With("src/Lib/Lib.csproj", Library)
            .With("test/T/T.csproj", Project("Microsoft.NET.Sdk", "<OutputType>Exe</OutputType>",
                "<PackageReference Include=\"Microsoft.NET.Test.Sdk\"/>"));
        var plan = tree.Built();
        Assert.EndsWith("/nua/app/Web", plan.StartLine());
        Assert.Equal("the only web project", plan.Decided("project").Because);
    }

    [Fact]
    public void Two_web_projects_need_a_word_of_the_author()
    {
        using var tree = AppTree.Empty().With("a/A.csproj", Web()).With("b/B.csproj", Web());
        var error = tree.Error();
        Assert.Equal("NUA2016", error.Code);
        Assert.Contains("a/A.csproj, b/B.csproj", error.What);
        var plan = tree.Built(new AppConfig { Build = new BuildConfig { Project = "b/B.csproj" } });
        Assert.EndsWith("/nua/app/B", plan.StartLine());
    }

    [Fact]
    public void Libraries_alone_are_no_application()
    {
        using var tree = AppTree.Empty().With("Lib.csproj", Library);
        Assert.Equal("NUA2035", tree.Error().Code);
    }

    [Theory]
    [InlineData("net6.0")]
    [InlineData("net48")]
    [InlineData("netstandard2.0")]
    public void Framework_that_cannot_run_is_an_error(string framework)
    {
        using var tree = AppTree.Empty()
            .With("A.csproj", Web().Replace("net10.0", framework, StringComparison.Ordinal));
        Assert.Equal("NUA2032", tree.Error().Code);
    }

    [Fact]
    public void Newest_of_several_frameworks_is_published()
    {
        using var tree = AppTree.Empty().With("A.csproj", """
            <Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFrameworks>net8.0;net9.0;netstandard2.0</TargetFrameworks></PropertyGroup></Project>
            """);
        Assert.Contains("-f net9.0", tree.Built().Commands()[1]);
    }

    [Theory]
    [InlineData("""{"sdk":{"version":"8.0.105"}}""", ">=8.0.105 <8.0.200")]
    [InlineData("""{"sdk":{"version":"8.0.105","rollForward":"latestFeature"}}""", ">=8.0.105 <8.1.0")]
    [InlineData("""{"sdk":{"version":"8.0.105","rollForward":"disable"}}""", "8.0.105")]
    [InlineData("""{"sdk":{"rollForward":"disable"}}""", ">=10.0.100")]
    public void Sdk_pin_becomes_a_range(string text, string range)
    {
        using var tree = AppTree.Empty().With("A.csproj", Web()).With("global.json", text);
        Assert.Equal(range, tree.Built().Tool("dotnet-sdk").Version);
    }

    [Fact]
    public void Program_of_one_file_is_published()
    {
        using var tree = AppTree.Empty()
            .With("hello.cs",
            "#:sdk Microsoft.NET.Sdk.Web\n#:package Markdig@0.40.0\nvar app = WebApplication.Create(args);\n");
        var plan = tree.Built();
        Assert.Contains("-p:PublishAot=false", plan.Commands()[0]);
        Assert.Equal("env ASPNETCORE_HTTP_PORTS=$PORT /nua/app/hello", plan.StartLine());
        Assert.Contains("hello.cs", plan.Phase("dependencies").Inputs!);
    }

    [Fact]
    public void Browser_application_is_served_as_files()
    {
        using var tree = AppTree.Empty().With("A.csproj", Project("Microsoft.NET.Sdk.BlazorWebAssembly"));
        var plan = tree.Built();
        Assert.NotNull(plan.Start.StaticRoot);
        // Its pages have addresses, and only the browser knows which.
        Assert.True(plan.Start.SpaFallback);
        Assert.Equal("/nua/build/dist/publish/wwwroot", plan.Collects[0].From);
        Assert.Empty(plan.RunPackages);
    }

    /// <summary>The runtime of the server would be looked for in the form of the browser, which no package has.</summary>
    [Fact]
    public void Part_in_the_browser_keeps_its_own_runtime()
    {
        using var tree = AppTree.Empty().With("Web/Web.csproj", WithReference("Microsoft.NET.Sdk.Web", "..\\Shared\\Shared.csproj"))
            .With("Shared/Shared.csproj", WithReference("Microsoft.NET.Sdk", "../Client/Client.csproj"))
            .With("Client/Client.csproj", WithReference("Microsoft.NET.Sdk.BlazorWebAssembly", "../Shared/Shared.csproj"));
        foreach (var step in tree.Built(new AppConfig { Build = new BuildConfig { Project = "Web/Web.csproj" } }).Phases.SelectMany(phase => phase.Steps))
        {
            Assert.DoesNotContain("linux-x64", step.Argv);
            Assert.Equal("linux-x64", step.Env["RuntimeIdentifier"]);
            Assert.Equal("true", step.Env["SelfContained"]);
        }
    }

    private static string WithReference(string sdk, string other) =>
        $"<Project Sdk=\"{sdk}\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup><ProjectReference Include=\"{other}\"/></ItemGroup></Project>";

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><Project/>")]
    [InlineData("<Project><PropertyGroup>")]
    [InlineData("not xml")]
    public void Broken_or_hostile_xml_is_an_error_with_its_place(string text)
    {
        using var tree = AppTree.Empty().With("A.csproj", text);
        Assert.Equal("NUA2010", tree.Error().Code);
        Assert.StartsWith("./A.csproj:1:", tree.Error().Where);
    }

    [Fact]
    public void Deep_xml_is_an_error_and_no_crash()
    {
        using var tree = AppTree.Empty().With("A.csproj", string.Concat(Enumerable.Repeat("<a>", 50_000)));
        Assert.Equal("NUA2010", tree.Error().Code);
    }
}
