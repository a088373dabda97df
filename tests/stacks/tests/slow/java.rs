use sori_stacks::{Backend, Process, Way, copy, folder, free_port, run, snippet, walk};

/// A Tomcat with one Spring context, instead of a web application with a web.xml.
const SITE: &str = r#"
package site;

import java.io.File;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.jasper.servlet.JasperInitializer;
import org.springframework.web.context.support.XmlWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

public class Site {
    public static void main(String[] args) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
        tomcat.setPort(Integer.parseInt(System.getenv("PORT")));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", new File("web").getAbsolutePath());
        context.addServletContainerInitializer(new JasperInitializer(), null);
        Wrapper jsp = Tomcat.addServlet(context, "jsp", "org.apache.jasper.servlet.JspServlet");
        jsp.setLoadOnStartup(1);
        context.addServletMappingDecoded("*.jsp", "jsp");
        XmlWebApplicationContext spring = new XmlWebApplicationContext();
        spring.setConfigLocation("/WEB-INF/spring.xml");
        Tomcat.addServlet(context, "spring", new DispatcherServlet(spring)).setLoadOnStartup(2);
        context.addServletMappingDecoded("/", "spring");
        tomcat.start();
        tomcat.getServer().await();
    }
}
"#;

/// Beans as sites of that time define them. The placeholders are read from the environment.
const BEANS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:context="http://www.springframework.org/schema/context" xmlns:mvc="http://www.springframework.org/schema/mvc"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
    http://www.springframework.org/schema/context http://www.springframework.org/schema/context/spring-context.xsd
    http://www.springframework.org/schema/mvc http://www.springframework.org/schema/mvc/spring-mvc.xsd">
  <context:annotation-config/>
  <mvc:annotation-driven/>
  <bean class="org.springframework.context.support.PropertySourcesPlaceholderConfigurer">
    <property name="properties">
      <props>
        <prop key="siteverify.url">#{systemEnvironment['SITEVERIFY_URL']}</prop>
        <prop key="siteverify.secret">#{systemEnvironment['SITEVERIFY_SECRET']}</prop>
      </props>
    </property>
  </bean>
  <bean class="site.SoriCaptcha"/>
  <bean class="site.JoinController"/>
  <bean class="org.springframework.web.servlet.view.InternalResourceViewResolver">
    <property name="prefix" value="/WEB-INF/jsp/"/>
    <property name="suffix" value=".jsp"/>
  </bean>
</beans>
"#;

/// The jar files from Debian, with those of Tomcat 9 and of its JSP compiler.
const JARS: &str = "$(ls /usr/share/java/spring3-*.jar /usr/share/java/tomcat9-*.jar /usr/share/java/ecj.jar \
    /usr/share/java/eclipse-jdt-core*.jar /usr/share/java/commons-logging.jar /usr/share/java/jackson-*.jar 2>/dev/null | tr '\\n' ':')";

#[tokio::test(flavor = "multi_thread")]
async fn spring_mvc_checks_the_form() {
    let folder = folder("spring-mvc");
    for name in ["SoriCaptcha.java", "JoinController.java"] {
        copy(
            &snippet("spring-mvc").join(name),
            &folder.join("site").join(name),
        );
    }
    std::fs::write(folder.join("site/Site.java"), SITE).expect("a file can be written");
    copy(
        &snippet("spring-mvc/join.jsp"),
        &folder.join("web/WEB-INF/jsp/join.jsp"),
    );
    std::fs::write(folder.join("web/WEB-INF/jsp/welcome.jsp"), "Welcome")
        .expect("a file can be written");
    std::fs::write(folder.join("web/WEB-INF/spring.xml"), BEANS).expect("a file can be written");
    let port = free_port();
    let backend = Backend::for_pages_of(&format!("http://127.0.0.1:{port}")).await;
    // Compiled for Java 8, because sites with eGovFrame still use it.
    run(
        &format!("javac -nowarn --release 8 -cp {JARS} -d out site/*.java"),
        &folder,
        &backend,
    );
    // Spring 4 makes classes in a way that newer Java versions allow only with this flag.
    let site = Process::start(
        &format!("exec java --add-opens java.base/java.lang=ALL-UNNAMED -cp out:{JARS} site.Site"),
        &folder,
        port,
        &backend,
    );
    walk(site, backend, "/join", "/join", Way::PastTheSite).await;
}
